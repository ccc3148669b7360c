package catalogue_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/language"

	"linecard/app/catalogue"
	"linecard/fault"
	"linecard/resources/messages"
)

// english returns a catalogue of the program's general messages and those in test, and its log.
func english(t *testing.T, test string) (*catalogue.Catalogue, *strings.Builder) {
	t.Helper()
	general, err := fs.ReadFile(messages.Files, "general.en.toml")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	return catalogue.New(fstest.MapFS{"general.en.toml": {Data: general}, "test.en.toml": {Data: []byte(test)}},
		quiet(&log)), &log
}

func TestFormats(t *testing.T) {
	at := time.Date(2026, 11, 4, 9, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		message, want string
		value         any
	}{
		{"{{.v}}", "Dana Whitfield", "Dana Whitfield"},
		{"{{.v}}", "5060", 5060},
		{"{{.v | number}}", "1,234", 1234},
		{"{{.v | number}}", "1,234.5", 1234.5},
		{"{{.v | list}}", "", []string{}},
		{"{{.v | list}}", "A", []string{"A"}},
		{"{{.v | list}}", "A and B", []string{"A", "B"}},
		{"{{.v | list}}", "A, B and C", []string{"A", "B", "C"}},
		{"{{.v | line}}", "A · C · D", []string{"A", "", "C", "D"}},
		{"{{.v | commas}}", "A, B, C", []string{"A", "B", "C"}},
		{"{{.v | clock}}", "09:05", at},
		{"{{.v | weekday}}", "Wed", at},
		{"{{.v | day}}", "4 Nov", at},
		{"{{.v | date}}", "4 Nov 2026", at},
		{"{{.v | span}}", "0:07", 7 * time.Second},
		{"{{.v | span}}", "1:02:03", time.Hour + 2*time.Minute + 3*time.Second},
		{"{{.v | duration}}", "0 seconds", 0 * time.Second},
		{"{{.v | duration}}", "1 second", time.Second},
		{"{{.v | duration}}", "2 minutes", 2 * time.Minute},
		{"{{.v | duration}}", "1 hour 5 minutes", time.Hour + 5*time.Minute + 3*time.Second},
		{"{{.v | duration}}", "3 days", 72 * time.Hour},
		{"({{.v}})", "(The line is busy.)", fault.New("test.busy")},
		{"({{.v}})", "(The line is busy.)", fault.Err(nil, "test.busy")},
	} {
		c2, log := english(t, fmt.Sprintf("%q = %q\n%q = %q", "test.v", "x"+c.message, "test.busy", "The line is busy."))
		f := fault.New("test.v", "v", c.value)
		if got := c2.Say(f); got != "x"+c.want {
			t.Errorf("%s of %v: %q, want %q", c.message, c.value, got, "x"+c.want)
		}
		if _, isError := c.value.(error); !isError {
			if got := c2.Say(fault.Decode(f.Encode())); got != "x"+c.want { // as it is read back from disk
				t.Errorf("%s of %v, from disk: %q, want %q", c.message, c.value, got, "x"+c.want)
			}
		}
		if log.Len() > 0 {
			t.Errorf("%s of %v: %s", c.message, c.value, log)
		}
	}
}

func TestCount(t *testing.T) {
	c, _ := english(t, `"test.calls" = {one = "{{.count}} call", other = "{{.count}} calls"}`)
	for n, want := range map[any]string{0: "0 calls", 1: "1 call", 2: "2 calls", int64(1): "1 call", 1.0: "1 call", 4321: "4,321 calls"} {
		if got := c.Text("test.calls", "count", n); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

// Another language has other words, another order, more plural forms, other dates and numbers; messages without a
// translation stay English.
func TestOtherLanguage(t *testing.T) {
	var log strings.Builder
	c := catalogue.New(fstest.MapFS(testFiles(t, "pl")), quiet(&log))
	at := time.Date(2026, 11, 4, 9, 5, 0, 0, time.UTC)
	all := func() []string {
		return []string{
			c.Text("test.calls", "name", "Dana", "count", 1),
			c.Text("test.calls", "name", "Dana", "count", 3),
			c.Text("test.calls", "name", "Dana", "count", 12345),
			c.Text("test.when", "at", at),
			c.Text("test.who", "names", []string{"Ann", "Bo", "Cy"}),
			c.Text("test.waited", "took", 2*time.Minute+5*time.Second),
			c.Text("test.english-only"),
		}
	}
	want := func(when string, want ...string) {
		t.Helper()
		for i, got := range all() {
			if i < len(want) && got != want[i] {
				t.Errorf("%s: %q, want %q", when, got, want[i])
			}
		}
	}
	c.Use(language.Polish)
	want("Polish", "1 rozmowa: Dana.", "3 rozmowy: Dana.", "12\u00a0345 rozmów: Dana.", "śr. 4.11.2026: odnowiono.",
		"Do Ann, Bo i Cy.", "Po 2 minuty i 5 sekund.", "Answer")
	if got := c.Say(fault.New("test.nothing")); got != "Coś poszło nie tak (test.nothing)." {
		t.Errorf("unknown: %q", got)
	}
	c.Use(language.MustParse("sw"))
	want("a language without files", "Dana has 1 call.", "Dana has 3 calls.")
	c.Use(language.BritishEnglish)
	want("English", "Dana has 1 call.", "Dana has 3 calls.", "Dana has 12,345 calls.", "Renewed by 4 Nov 2026.",
		"Sent to Ann, Bo and Cy.")
}

// A missing message or value is logged once, and the reader still gets a sentence.
func TestMissingMessages(t *testing.T) {
	c, log := english(t, `"test.busy" = "{{.name}} is on another call, again at {{.again | clock}}."
"test.facts" = "{{.facts | line}}"`)
	for range 3 {
		if got := c.Say(fault.New("test.busy")); got != "… is on another call, again at …." {
			t.Errorf("without values: %q", got)
		}
		if got := c.Say(fault.New("elsewhere.nothing", "name", "Dana")); got != "Something went wrong (elsewhere.nothing)." {
			t.Errorf("without a message: %q", got)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines in the log: %s", n, log)
	}
	if strings.Contains(log.String(), "Dana") {
		t.Error("the log has a name")
	}
	if got := c.Text("test.facts", "facts", []string{"", ""}); got != "" || strings.Contains(log.String(), "facts") {
		t.Errorf("no facts: %q, and the log: %s", got, log)
	}
	empty := catalogue.New(fstest.MapFS{}, slog.New(slog.DiscardHandler))
	if got := empty.Text("ui.answer"); got != "Something went wrong." {
		t.Errorf("no files: %q", got)
	}
}

func TestError(t *testing.T) {
	c, _ := english(t, `"test.busy" = "{{.name}} is on another call."`)
	for _, e := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{fmt.Errorf("dial: %w", fault.Err(fs.ErrClosed, "test.busy", "name", "Dana")), "Dana is on another call."},
		{errors.New("The disk is full."), "The disk is full."},
		{fault.Err(nil, fault.Plain, "text", "FIELD_CUSTOM:\u202e no\n"), "FIELD_CUSTOM: no"},
	} {
		if got := c.Error(e.err); got != e.want {
			t.Errorf("%v: %q, want %q", e.err, got, e.want)
		}
	}
}

// A caller's name cannot reverse a sentence, break it, or fill the window.
func TestHostileValues(t *testing.T) {
	c, _ := english(t, "\"test.v\" = \"{{.v}} called.\"\n\"test.l\" = \"{{.v | list}} called.\"")
	for _, hostile := range []any{
		"a\u202eb\u2066c\x00\x1b[31m\nd" + strings.Repeat("x", 10_000),
		[]string{strings.Repeat("\u0301", 5000) + "a\r\nb\u202e"},
		map[string]any{"code": "plain", "values": map[string]any{"text": "a\u202eb\n"}},
		map[string]any{"a": "b\u202e\n"},
		fault.New(fault.Plain, "text", "a\n\u202e"),
	} {
		got := c.Text("test.v", "v", hostile)
		if _, list := hostile.([]string); list {
			got = c.Text("test.l", "v", hostile)
		}
		if len([]rune(got)) > 220 || strings.ContainsAny(got, "\u202e\u2066\x00\x1b\n\r") || !strings.HasSuffix(got, " called.") {
			t.Errorf("%q", got)
		}
	}
	if got := c.Text("test.v", "v", "{{.x}} \uffff"); !strings.Contains(got, "{{.x}}") {
		t.Errorf("a value was read as a message: %q", got)
	}
}

// Beside a name that runs from right to left, a number stays where it was put; only what is drawn has the marks for it.
func TestNamesFromRightToLeft(t *testing.T) {
	files := fstest.MapFS{
		"ui.en.toml":   {Data: []byte("\"ui.line\" = '{{.facts | line}}'\n\"ui.call\" = 'Call {{.name}}'\n")},
		"desk.en.toml": {Data: []byte("\"desk.missed\" = 'Missed call from {{.name}}'\n")},
	}
	general, err := fs.ReadFile(messages.Files, "general.en.toml")
	if err != nil {
		t.Fatal(err)
	}
	files["general.en.toml"] = &fstest.MapFile{Data: general}
	c := catalogue.New(files, slog.New(slog.DiscardHandler))
	for _, tt := range []struct{ got, want string }{
		{c.Text("ui.line", "facts", []string{"דנה", "+1 415"}), "\u2068דנה\u2069 · +1 415"},
		{c.Text("ui.call", "name", "דנה\u202e"), "Call \u2068דנה\u2069"},
		{c.Text("ui.call", "name", "Dana"), "Call Dana"},
		{c.Text("desk.missed", "name", "דנה"), "Missed call from דנה"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	c := catalogue.New(fstest.MapFS(testFiles(t, "pl")), slog.New(slog.DiscardHandler))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				if n == 25 && i == 0 {
					c.Use(language.Polish)
				}
				_ = c.Text("test.english-only") + c.Text("test.calls", "name", "Dana", "count", n) +
					c.Text("test.when", "at", time.Now())
			}
		})
	}
	all.Wait()
}

// quiet returns a logger that writes into log only.
func quiet(log *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(log, nil)) }

func testFiles(t *testing.T, folder string) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(testdata, "testdata/"+folder+"/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(testdata, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name[strings.LastIndex(name, "/")+1:]] = &fstest.MapFile{Data: text}
	}
	return files
}

func BenchmarkSay(b *testing.B) {
	c := catalogue.New(messages.Files, slog.New(slog.DiscardHandler))
	b.Run("static", func(b *testing.B) {
		for b.Loop() {
			c.Text("general.line")
		}
	})
	b.Run("value", func(b *testing.B) {
		f := fault.New("general.unknown", "code", "Dana Whitfield")
		for b.Loop() {
			c.Say(f)
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			c.Text("general.minutes", "count", 3)
		}
	})
	b.Run("first", func(b *testing.B) { // a new catalogue, which must read the file
		for b.Loop() {
			catalogue.New(messages.Files, slog.New(slog.DiscardHandler)).Text("general.line")
		}
	})
}

// What stands between sentences, and around what tells two of one name apart, is the language's.
func TestSentencesAndNamesAreJoinedByTheLanguage(t *testing.T) {
	c := catalogue.New(fstest.MapFS{
		"general.en.toml": {Data: []byte("\"general.sentences\" = '{{.first}} {{.rest}}'\n\"general.beside\" = '{{.first}} ({{.rest}})'\n")},
		"general.ja.toml": {Data: []byte("\"general.sentences\" = '{{.first}}{{.rest}}'\n\"general.beside\" = '{{.first}}（{{.rest}}）'\n")},
	}, slog.New(slog.DiscardHandler))
	long := strings.Repeat("a", 300) + "."
	for lang, want := range map[language.Tag][]string{
		language.English:  {"One. Two. " + long, "One.", "", "Dana (dana@example.com)", "Dana"},
		language.Japanese: {"One.Two." + long, "One.", "", "Dana（dana@example.com）", "Dana"},
	} {
		c.Use(lang)
		got := []string{c.Sentences("One.", "", "Two.", long), c.Sentences("", "One."), c.Sentences(), c.Beside("Dana", "dana@example.com"), c.Beside("Dana", "")}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %q", lang, got)
		}
	}
}
