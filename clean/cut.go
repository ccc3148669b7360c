package clean

import (
	"strings"

	"github.com/go-text/typesetting/segmenter"
)

// cut shortens runes to limit with an ellipsis at the end. It does not cut between the parts of what is seen as one
// character (UAX 29).
func cut(runes []rune, limit int) string {
	if len(runes) <= limit {
		return string(runes)
	}
	if limit < 1 {
		return ""
	}
	var parts segmenter.Segmenter
	parts.Init(runes)
	end := 0
	for it := parts.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		if g.Offset+len(g.Text) > limit-1 {
			break
		}
		end = g.Offset + len(g.Text)
	}
	if end == 0 { // all of it is seen as one
		end = limit - 1
	}
	return strings.TrimRight(string(runes[:end]), " \n\u200c\u200d") + "…" // a joiner needs what followed
}
