package catalogue_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// converted are the packages whose words all come from the catalogue. A package is added when that is so, and stays.
var converted = []string{
	"app", "app/alert", "app/catalogue", "app/checkup", "app/errorlog", "app/hooks", "app/instance", "app/meter", "app/mirror", "app/notify", "app/owners", "app/profile", "app/program",
	"app/saver", "app/settings", "app/steps", "app/team", "app/ui",
	"cmd/linecard",
	"sip", "sip/audio", "sip/media",
}

// coded are the packages that return codes only and contain many names of Salesforce, SIP or SQL. There a literal counts as
// words when it begins with a capital letter and contains a word in lower case, unless it is SQL.
var coded = []string{"app/aside", "app/directory", "app/journal", "crm", "crm/layout", "crm/salesforce", "crm/salesforce/hosts", "crm/salesforce/legacy", "crm/salesforce/setup", "sip/dialog", "sip/sdp"}

// wordless are the packages that show nobody anything, and why.
var wordless = map[string]string{
	"clean": "it changes texts and has none", "fault": "its errors are codes", "inorder": "a queue", "private": "its errors are the system's", "wholefile": "its errors are the system's",
	"crm/demoorg": "it speaks as Salesforce does, in English", "crm/demoorg/soql": "it speaks as Salesforce does, in English", "sip/demopbx": "it speaks SIP",
	"sip/encryption": "names for the settings file", "sip/transport": "names for the settings file",
	"app/catalogue/cataloguetest": "for tests", "app/directory/disktest": "for tests", "app/notify/dbustest": "for tests", "crm/crmtest": "for tests",
	"clean/cleantest": "for tests", "crm/demoorg/sosl": "it speaks as Salesforce does, in English", "resources/messages": "the catalogue itself", "sip/internal/siptest": "for tests",
	"resources": "files", "resources/voices": "it makes the recorded voices", "sip/internal/globals": "settings of a library",
	"sip/trace": "the SIP messages themselves", "sip/ice": "its errors are for the log", "sip/stun": "its errors are for the log", "wave": "its errors are for the log", "sip/watch": "it reads what phone systems say", "cmd/linecard/locale": "it sets the language",
}

var (
	smallWord = regexp.MustCompile(`^[A-Z].* [a-z]+\b`)
	statement = regexp.MustCompile(`^(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|(NOT )?INDEXED)\s`)
)

// names are literals that look like words but are not, or that are the same in every language, by what they are.
var names = map[string][]string{
	"the name of the program":                         {"Linecard"},
	"how the program names itself to a server":        {"Linecard/"},
	"the name of the product":                         {"Salesforce"},
	"an extension":                                    {"2041"},
	"a country code":                                  {"US"},
	"on a telephone's key":                            {"ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"},
	"measures a line":                                 {"Ág", "Á"},
	"a parameter of Salesforce's page":                {"Phone="},
	"a cause, for the log":                            {"HTTP status %d", "Task is not createable", "Case is not createable"},
	"SOQL":                                            {"IsClosed = false AND "},
	"a sign of trouble in a library's message":        {"not support"},
	"characters looked for":                           {" \t"},
	"said when there are no messages at all":          {"Something went wrong."},
	"Fyne's name for a word of its menus":             {"Undo", "Redo", "Cut", "Copy", "Paste", "Select all"},
	"D-Bus":                                           {"NameOwnerChanged", "GetCapabilities", "Show", "Notify", "CloseNotification", "Locked"},
	"a template of Windows":                           {"ToastGeneric"},
	"a security descriptor of Windows (SDDL)":         {"D:P(A;;GA;;;"},
	"a state, in the JSON of the command line":        {"remotely held", "no match", "waits for its org", "up to date", "by itself", "no validation"},
	"the reason of an end, in the JSON and on disk":   {"hung up here", "hung up there", "answered elsewhere", "no answer", "not found"},
	"a SIP method":                                    {"INVITE"},
	"what a PEM file has":                             {"CERTIFICATE"},
	"a SIP header":                                    {"Privacy", "P-Asserted-Identity", "Remote-Party-ID", "From", "Diversion", "History-Info", "Call-Info", "User-to-User", "Referred-By", "X-Queue", "X-Queue-Name", "Alert-Info", "Answer-Mode", "Priv-Answer-Mode"},
	"a header of HTTP or of a mail":                   {"Linecard-Timestamp", "Linecard-Signature", "Content-Type", "Auto-Submitted"},
	"an environment variable":                         {"PULSE_SERVER", "PULSE_CLIENTCONFIG", "DISPLAY", "HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "LINECARD_DATA"},
	"the subject of a test log, written into the org": {"Linecard test, please ignore: "},
	"an error code of Salesforce":                     {"DUPLICATE_VALUE"},
	"a field or an object of Salesforce":              {"Subject", "Description", "Task", "Extension", "Name"},
	"a default outcome: an agent's word in the org":   {"Resolved", "Call back", "Left voicemail", "Not interested", "Wrong number"},
	"the notes of a call that is made up":             {"Asked for the delivery date."},
	"marks what a copy of people has":                 {" persons"},
	"the start of what the demo's ids are made from":  {"linecard demo "},
	"the name of a withheld caller (RFC 3323)":        {"Anonymous"},
	"where an extension goes in a feature code":       {"EXT"},
	"the body of an INFO request":                     {"Signal=%c\r\nDuration=160\r\n"},
	"a unit in /proc/self/smaps":                      {"0 kB"},
	"how cobra prints the version":                    {"{{.Name}} {{.Version}}\n"},
	"what a record that a rule made says of itself":   {"Made by Linecard of a call on "},
	"the name of a system":                            {"Windows"},
}

// allowed are the names, with what they are.
var allowed = func() map[string]string {
	all := map[string]string{}
	for what, of := range names {
		for _, name := range of {
			all[name] = what
		}
	}
	return all
}()

// technical are functions whose texts nobody reads but in a log, or that compare rather than show.
func technical(call string) bool {
	pkg, name, _ := strings.Cut(call, ".")
	switch pkg {
	case "fmt":
		return name == "Errorf" || name == "Sscanf" || name == "Sscan"
	case "strings":
		return name != "Join" && name != "Repeat" && name != "ReplaceAll" && name != "Replace" && name != "NewReplacer"
	case "slog", "errors", "language", "toml", "template", "filepath", "os", "net", "debug", "regexp":
		return true
	}
	return pkg == "panic" || slices.Contains([]string{"log.With", "log.Debug", "log.Info", "log.Warn", "log.Error", "log.Log", "Debug", "Info", "Warn", "Error", "Log", "missing"}, call) ||
		slices.Contains([]string{"Debug", "Info", "Warn", "Error", "Log", "missing"}, name)
}

// makesText reports whether the result of a function may be shown: an error without a fault is its own text.
func makesText(call string) bool {
	pkg, _, _ := strings.Cut(call, ".")
	return pkg == "errors" || pkg == "fmt"
}

// sentence reports whether a literal is one, and no cause for the log.
func sentence(l *ast.BasicLit) bool {
	s, ok := text(l)
	return ok && smallWord.MatchString(s)
}

// verb is where fmt puts a value.
var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// reads reports whether a person would read s as words: it has a space between letters, or begins with a capital
// letter.
func reads(s string) bool {
	s = verb.ReplaceAllString(s, "")
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return unicode.IsUpper(first) || strings.ContainsRune(s, ' ') || strings.HasSuffix(s, "…")
}

// A text that is shown without the catalogue would stay English in every language.
func TestNoWordsBypassTheCatalogue(t *testing.T) {
	s := readProduct(t)
	used, told := map[string]bool{}, map[string]bool{}
	for name, file := range s.files {
		reads := reads
		switch {
		case name == "crm/subject.go": // it is written into the org
			continue
		case slices.Contains(coded, path.Dir(name)):
			reads = func(s string) bool { return smallWord.MatchString(s) && !statement.MatchString(s) }
		case !slices.Contains(converted, path.Dir(name)):
			if dir := path.Dir(name); wordless[dir] == "" && !told[dir] && !strings.HasPrefix(name, "test/") {
				t.Errorf("%s is in none of the lists: are its words in the catalogue?", dir)
				told[dir] = true
			}
			continue
		}
		for _, words := range literals(file) {
			value, _ := text(words)
			if !reads(value) {
				continue
			}
			if allowed[value] != "" {
				used[value] = true
				continue
			}
			t.Errorf("%s: %q is not a message of the catalogue", s.at(words), value)
		}
	}
	for value := range allowed {
		if !used[value] && reads(value) {
			t.Errorf("%q is allowed but not used", value)
		}
	}
}

// spaced are the files that join texts by a blank which are no sentences, and what they join.
var spaced = map[string]string{
	"app/ui/paragraph.go": "the words of a line that is broken", "app/ui/settings_layout_preview.go": "the words of a value", "app/recordowner.go": "the words of a name, to compare",
	"app/settings/check.go": "names of the settings file", "cmd/linecard/conference.go": "ids", "cmd/linecard/help.go": "operands and flags",
}

// Sentences, and a name and what tells it from others, are put together by the catalogue: other languages have other signs between them.
func TestNoSentencesAreGlued(t *testing.T) {
	s := readProduct(t)
	used := map[string]bool{}
	for name, file := range s.files {
		if !slices.Contains(converted, path.Dir(name)) || !strings.HasPrefix(name, "app/") && !strings.HasPrefix(name, "cmd/") || path.Dir(name) == "app/catalogue" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if !glues(n) {
				return true
			}
			if spaced[name] != "" {
				used[name] = true
				return true
			}
			t.Errorf("%s: texts are glued; use catalogue.Sentences or catalogue.Beside", s.at(n))
			return true
		})
	}
	for name := range spaced {
		if !used[name] {
			t.Errorf("%s may join texts, and does not", name)
		}
	}
}

// glues reports whether an expression joins a text of the catalogue to another by a blank or a bracket, or a list of texts by blanks.
func glues(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if called(n) != "strings.Join" || len(n.Args) != 2 {
			return false
		}
		l, ok := n.Args[1].(*ast.BasicLit)
		value, _ := text(l)
		return ok && value == " "
	case *ast.AssignStmt:
		return n.Tok == token.ADD_ASSIGN && len(n.Rhs) == 1 && bridges(n.Rhs[0]) && speaks(n.Rhs[0])
	case *ast.BinaryExpr:
		return n.Op == token.ADD && bridges(n) && speaks(n)
	}
	return false
}

// bridges reports whether a sum has a literal in it that stands between texts.
func bridges(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (bridges(e.X) || bridges(e.Y))
	case *ast.BasicLit:
		s, ok := text(e)
		return ok && strings.ContainsAny(s, " (,.:;") && !strings.ContainsFunc(s, unicode.IsLetter)
	}
	return false
}

// speaks reports whether a sum has a text of the catalogue in it.
func speaks(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return speaks(e.X) || speaks(e.Y)
	case *ast.CallExpr:
		name := called(e)
		return name == "phrase" || strings.HasPrefix(name, "catalogue.") || strings.HasSuffix(name, "Words") || strings.HasSuffix(name, "Title")
	}
	return false
}

// literals returns the strings of a file without those whose place shows that they are not words: imports, tags, keys
// of JSON, texts for the log, and values whose type says that they are names.
func literals(file *ast.File) []*ast.BasicLit {
	var all []*ast.BasicLit
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if technical(called(n)) {
				for _, a := range n.Args { // a closure among the arguments may contain a message
					if f, ok := a.(*ast.FuncLit); ok {
						all = append(all, literalsIn(f.Body)...)
					}
					if l, ok := a.(*ast.BasicLit); ok && makesText(called(n)) && sentence(l) {
						all = append(all, l)
					}
				}
				return false
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				all = append(all, n)
			}
		}
		return true
	})
	return all
}

func literalsIn(n ast.Node) []*ast.BasicLit {
	return literals(&ast.File{Name: ast.NewIdent("_"), Decls: []ast.Decl{
		&ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{}, Body: n.(*ast.BlockStmt)},
	}})
}

func TestReads(t *testing.T) {
	for s, want := range map[string]bool{
		"Answer": true, "not logged": true, " · ringing ": true, "calling…": true, "Ängel": true,
		"call_end": false, "ui.answer": false, "": false, "0123 456": false, "  %s\t%-3d\n": false, "call %s": true, "textMuted": false,
	} {
		if reads(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
