package crm

import "strings"

// Apart takes entries with commas between apart. A comma in a regular expression, which stands between two slashes, is part of it.
func Apart(text string) (out []string) {
	add := func(part string) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	from, slash := 0, false
	for i, c := range text {
		before := strings.TrimSpace(text[from:i])
		switch {
		case c == '/' && !slash && (before == "" || strings.HasSuffix(before, ":")):
			slash = true
		case c == '/' && slash && (i == len(text)-1 || strings.HasPrefix(strings.TrimSpace(text[i+1:]), ",") || strings.TrimSpace(text[i+1:]) == ""):
			slash = false
		case c == ',' && !slash:
			add(text[from:i])
			from = i + 1
		}
	}
	add(text[from:])
	return out
}
