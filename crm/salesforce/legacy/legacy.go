// Package legacy recognizes the settings of an older integration, one that logs in to Salesforce with a user name, a password and a
// security token. Salesforce ends that way of logging in (the SOAP login() call in the summer of 2027; the OAuth username-password flow is
// blocked by default since 2023), and Linecard never uses it. What is recognized is only where the org is, so that it can be linked.
package legacy

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"linecard/crm/salesforce/hosts"
)

// MostBytes bounds the file that is read.
const MostBytes = 1 << 20

// Found is what the file says. It has nothing secret, and no user.
type Found struct {
	LoginHost string // where the org is logged in to: https://login.salesforce.com, https://test.salesforce.com or My Domain
	Password  bool   // the file has a password: it is not used, and should be deleted
}

// What a file calls its values ends in one of these, in lower case and without separators: SF_USERNAME, sfdc.password.
var (
	userWords     = []string{"username", "user", "login", "loginname", "userid"}
	passwordWords = []string{"password", "passwd", "pass", "pwd"}
	tokenWords    = []string{"token"}
	hostWords     = []string{"url", "uri", "host", "endpoint", "server", "domain", "instance", "sandbox", "environment", "type"}
)

// modern are parts of the names of what OAuth gives: a file with those is no older integration's.
var modern = []string{"access", "refresh", "oauth", "bearer"}

// Read recognizes a file: JSON, YAML, TOML, XML, INI and .properties, lines of KEY=value, key: value or 'key' => 'value', and CSV with a line of
// names; in UTF-8, or in UTF-16 with a mark at its beginning. Names may be in quotes. ok is false where the file has no user name with a password
// or a security token.
func Read(doc []byte) (found Found, ok bool) {
	if len(doc) > MostBytes {
		return Found{}, false
	}
	if plain, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), doc); err == nil {
		doc = plain
	}
	values := map[string]string{}
	for _, read := range []func([]byte, map[string]string) bool{readJSON, readXML, readTOML, readCSV, readLines} {
		clear(values)
		if read(doc, values) && values[user] != "" && (values[password] != "" || values[token] != "") {
			return Found{LoginHost: login(values[host]), Password: values[password] != ""}, true
		}
	}
	return Found{}, false
}

// The values that are looked for.
const (
	user     = "user"
	password = "password"
	token    = "token"
	host     = "host"
)

// separators stand between the words of a name, or around it.
var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", `"`, "", "'", "", "`", "", "[", "", "]", "", "{", "")

// note keeps a value under what it is. The first one counts.
func note(values map[string]string, key, value string) {
	key, value = separators.Replace(strings.ToLower(strings.TrimSpace(key))), strings.Trim(strings.TrimSpace(value), `"'`+"`")
	isModern := slices.ContainsFunc(modern, func(part string) bool { return strings.Contains(key, part) })
	if value == "" || isModern {
		return
	}
	for what, words := range map[string][]string{user: userWords, password: passwordWords, token: tokenWords, host: hostWords} {
		for _, word := range words {
			if strings.HasSuffix(key, word) && values[what] == "" && (what != host || looksLikeHost(value)) {
				values[what] = value
			}
		}
	}
}

// looksLikeHost keeps a "type" of something else from being a host.
func looksLikeHost(value string) bool {
	return sandbox.MatchString(value) || strings.Contains(value, ".") && !strings.Contains(value, "@")
}

var sandbox = regexp.MustCompile(`(?i)^(true|yes|1|sandbox|test)$`)

// login is where the org is logged in to, by what the file names.
func login(named string) string {
	if sandbox.MatchString(named) {
		named = "https://test.salesforce.com"
	}
	if u, err := url.Parse(named); err == nil && u.Host != "" {
		named = u.Host
	}
	if at, err := hosts.Login(named); named != "" && err == nil {
		return at
	}
	return "https://login.salesforce.com"
}

// walk notes every text in a tree of maps and lists.
func walk(values map[string]string, key string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(values, k, v[k])
		}
	case []any:
		for _, v := range v {
			walk(values, key, v)
		}
	case string:
		note(values, key, v)
	case bool:
		if v {
			note(values, key, "true")
		}
	}
}

func readJSON(doc []byte, values map[string]string) bool {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return false
	}
	walk(values, "", v)
	return true
}

func readTOML(doc []byte, values map[string]string) bool {
	var v map[string]any
	if toml.Unmarshal(doc, &v) != nil {
		return false
	}
	walk(values, "", v)
	return true
}

// readXML notes the text of each element, and its attributes: <add key="Password" value="…"/> too.
func readXML(doc []byte, values map[string]string) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(doc), []byte("<")) {
		return false
	}
	d, element := xml.NewDecoder(bytes.NewReader(doc)), ""
	d.Strict = false
	for {
		t, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		switch t := t.(type) {
		case xml.StartElement:
			element = t.Name.Local
			key := ""
			for _, a := range t.Attr {
				note(values, a.Name.Local, a.Value)
				if name := strings.ToLower(a.Name.Local); name == "key" || name == "name" {
					key = a.Value
				} else if name == "value" && key != "" {
					note(values, key, a.Value)
				}
			}
		case xml.CharData:
			note(values, element, string(t))
		}
	}
}

// readCSV reads a line of names and the line below it.
func readCSV(doc []byte, values map[string]string) bool {
	if first, rest, ok := bytes.Cut(doc, []byte("\n")); ok && bytes.HasPrefix(first, []byte("sep=")) { // for a spreadsheet
		doc = rest
	}
	for _, comma := range ",;\t" {
		rows := csv.NewReader(bytes.NewReader(doc))
		rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = comma, true, -1
		names, err := rows.Read()
		cells, again := rows.Read()
		if err != nil || again != nil || len(names) < 2 || len(names) != len(cells) || strings.ContainsAny(strings.Join(names, ""), "=:") {
			continue
		}
		for i, name := range names {
			note(values, name, cells[i])
		}
		return true
	}
	return false
}

// readLines reads KEY=value, key: value and 'key' => 'value', as .properties, INI, YAML, shell files and programs have them, with comments and
// [sections].
func readLines(doc []byte, values map[string]string) bool {
	for line := range strings.SplitSeq(string(doc), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.Contains(line, "=>"): // there may be several in a line
			for part := range strings.SplitSeq(line, ",") {
				if key, value, ok := strings.Cut(part, "=>"); ok {
					note(values, key, ended(value))
				}
			}
			continue
		case strings.HasPrefix(line, "define("):
			if key, value, ok := strings.Cut(line, ","); ok {
				note(values, key, ended(value))
			}
			continue
		case line == "" || strings.ContainsRune("#;[!", rune(line[0])):
			continue
		}
		for _, before := range []string{"export ", "set ", "$env:"} {
			line = strings.TrimPrefix(line, before)
		}
		if at := strings.IndexAny(line, "=:"); at > 0 {
			note(values, line[:at], ended(line[at+1:]))
		}
	}
	return true
}

// ended is a value without what ends it in a program: "x", and 'x'); for example. A value without quotes is taken as it is.
func ended(value string) string {
	value = strings.TrimSpace(value)
	if shorter := strings.TrimRight(value, ",;)]} "); shorter != "" && strings.ContainsRune("\"'`", rune(shorter[len(shorter)-1])) {
		return shorter
	}
	return value
}
