package team

import (
	"cmp"
	"slices"

	"linecard/app"
	"linecard/sip"
)

// Watched are the phones that are watched: the hints of queues first, since there are few. Of more colleagues than the phone watches those of the
// settings come first, and those with whom the last calls were. The history is read for that alone.
func Watched(colleagues []app.Colleague, queues []app.Queue, history func() []app.HistoryRow) []sip.Colleague {
	watched := Hints(queues)
	if len(watched)+len(colleagues) > sip.MostColleagues {
		colleagues = nearest(colleagues, history())
	}
	for _, c := range colleagues {
		watched = append(watched, sip.Colleague{Account: c.Account, Extension: c.Extension})
	}
	return watched[:min(len(watched), sip.MostColleagues)]
}

func nearest(all []app.Colleague, history []app.HistoryRow) []app.Colleague {
	called := map[[2]string]bool{}
	for _, r := range history {
		called[[2]string{r.Account, r.Plain()}] = true
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b app.Colleague) int {
		return cmp.Compare(rank(a, called), rank(b, called))
	})
	return all
}

func rank(c app.Colleague, called map[[2]string]bool) int {
	switch {
	case c.Listed:
		return 0
	case called[[2]string{c.Account, c.Extension}]:
		return 1
	}
	return 2
}
