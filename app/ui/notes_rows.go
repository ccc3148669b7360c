package ui

import (
	"sort"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// wrap breaks the text into rows: at spaces, or within a word that is wider than a row. Spaces at the end of a row hang over.
func (n *notes) wrap() {
	size := themeSize(body.size)
	if n.widths == nil || n.size != size || len(n.widths) > n.most {
		n.widths, n.size = map[string]float32{}, size
		defer func() { n.most = max(mostMeasures, 2*len(n.widths)) }() // a text with more words than that is not measured for every key
	}
	n.rows = append(n.rows[:0], 0)
	x, begin := float32(0), 0
	row := func(at int) {
		n.rows = append(n.rows, at)
		x, begin = 0, at
	}
	for i := 0; i < len(n.Text); {
		if n.Text[i] == '\n' {
			i++
			row(i)
			continue
		}
		end := i + wordEnd(n.Text[i:])
		word := n.Text[i:end]
		w := n.widthOf(word)
		switch {
		case isBlank(word[0]):
		case n.width <= 0 || x+w <= n.width:
		case w <= n.width:
			row(i)
		default:
			for at, r := range word {
				w = n.widthOf(word[at : at+utf8.RuneLen(r)])
				if x+w > n.width && i+at > begin {
					row(i + at)
				}
				x += w
			}
			w = 0
		}
		x += w
		i = end
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// wordEnd is how many bytes s begins with that are all blank, or all of one word.
func wordEnd(s string) int {
	blank := isBlank(s[0])
	for i := range len(s) {
		if s[i] == '\n' || isBlank(s[i]) != blank {
			return i
		}
	}
	return len(s)
}

// longWord is how many bytes a word may have to be measured, and remembered, as a whole.
const longWord = 60

// widthOf is how wide a word is.
func (n *notes) widthOf(word string) float32 {
	if len(word) > longWord {
		var w float32
		for i, r := range word {
			w += n.widthOf(word[i : i+utf8.RuneLen(r)])
		}
		return w
	}
	w, ok := n.widths[word]
	if !ok {
		w = fyne.MeasureText(word, n.size, body.textStyle()).Width
		n.widths[strings.Clone(word)] = w // or the whole text would be kept for it
	}
	return w
}

// span is where a row begins and ends.
func (n *notes) span(i int) (from, to int) {
	from, to = n.rows[i], len(n.Text)
	if i+1 < len(n.rows) {
		to = n.rows[i+1]
		if to > from && n.Text[to-1] == '\n' {
			to--
		}
	}
	return from, to
}

// rowOf is the row that a byte is in.
func (n *notes) rowOf(at int) int {
	return max(0, sort.SearchInts(n.rows, at+1)-1)
}

// left is how far from the left of its row a byte is.
func (n *notes) left(at int) float32 {
	row := n.rowOf(at)
	if at == n.rows[row] {
		return 0
	}
	return n.leftIn(row, at)
}

// near is the byte in a row that is nearest to x.
func (n *notes) near(row int, x float32) int {
	from, to := n.span(row)
	if row+1 < len(n.rows) && to == n.rows[row+1] && to > from { // it goes on in the next row, where the caret would be drawn
		_, last := utf8.DecodeLastRuneInString(n.Text[from:to])
		to -= last
	}
	places := []int{}
	for i := range n.Text[from:to] {
		places = append(places, from+i)
	}
	places = append(places, to)
	after := sort.Search(len(places), func(i int) bool { return n.left(places[i]) >= x })
	switch {
	case after == len(places):
		return to
	case after > 0 && x-n.left(places[after-1]) < n.left(places[after])-x:
		return places[after-1]
	}
	return places[after]
}

// inSight is how many rows are.
func (n *notes) inSight() int {
	return max(1, int((n.Size().Height-2*notesPadding)/n.rowHeight()))
}

func (n *notes) rowHeight() float32 { return body.measure("Ág").Height + 3 }

// showCaret scrolls so that the caret's row is in sight.
func (n *notes) showCaret() {
	row := n.rowOf(n.caret)
	n.scrollTo(min(max(n.top, row-n.inSight()+1), row))
}

func (n *notes) scrollTo(top int) {
	n.top = max(0, min(top, len(n.rows)-n.inSight()))
}
