package settings

import (
	"bytes"
	"strings"
)

// tooManyKeys reports whether a document has more keys, tables and lists beside each other than a parser should be given: the time it
// takes grows with the square of their number. The elements of a list of tables, such as [[rules]], are no burden to each other, so that
// each is counted by itself. What stands in texts and comments is not counted.
func tooManyKeys(raw []byte) bool {
	outside, element, inside, open := 0, 0, false, 0
	arrays := map[string]bool{}
	for len(raw) > 0 {
		line, opened, closed, equals, rest := nextLine(raw)
		raw = rest
		n := opened + equals
		switch name, isArray, isHeader := tableHeader(line); {
		case open > 0 || !isHeader: // a line of a list is none
			open = max(0, open+opened-closed)
		case isArray && arrays[name]:
			inside, element, n = true, 0, 0
		case isArray:
			inside, element, n = true, 0, 0
			arrays[name] = true
			outside++
		default:
			root, _, _ := strings.Cut(name, ".")
			inside = arrays[root]
		}
		if inside {
			element += n
		} else {
			outside += n
		}
		if outside > mostKeys || element > mostKeys {
			return true
		}
	}
	return false
}

// tableHeader reads the header of a table, or of an element of a list of tables.
func tableHeader(line []byte) (name string, isArray, isHeader bool) {
	text := strings.TrimSpace(string(line))
	if !strings.HasPrefix(text, "[") {
		return "", false, false
	}
	text, isArray = strings.CutPrefix(text, "[[")
	name, _, _ = strings.Cut(strings.TrimPrefix(text, "["), "]")
	return strings.ReplaceAll(name, " ", ""), isArray, true
}

// nextLine cuts a line off a document, which a text of several lines does not end, and counts what stands in it outside texts.
func nextLine(raw []byte) (line []byte, opened, closed, equals int, rest []byte) {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '\n':
			return raw[:i], opened, closed, equals, raw[i+1:]
		case '[':
			opened++
		case ']':
			closed++
		case '=':
			equals++
		case '#':
			end := bytes.IndexByte(raw[i:], '\n')
			if end < 0 {
				return raw, opened, closed, equals, nil
			}
			i += end - 1
		case '"', '\'':
			i += textLen(raw[i:], c) - 1
		}
	}
	return raw, opened, closed, equals, nil
}

// textLen is the length of the quoted text that raw begins with. One without an end is its quotes: the parser says what is wrong with it.
func textLen(raw []byte, quote byte) int {
	end, whole := []byte{quote}, []byte{quote, quote, quote}
	several := bytes.HasPrefix(raw, whole)
	if several {
		end = whole
	}
	for i := len(end); i < len(raw); i++ {
		switch {
		case bytes.HasPrefix(raw[i:], end):
			for i += len(end); several && i < len(raw) && raw[i] == quote; i++ { // quotes before the end belong to the text
			}
			return i
		case raw[i] == '\\' && quote == '"':
			i++
		case raw[i] == '\n' && !several:
			return len(end)
		}
	}
	return len(end)
}
