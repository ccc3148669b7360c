package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/sip/demopbx"
	"linecard/test/rig"
)

// numerals tell the callers of the journey apart, in their names and in what is typed about them.
var numerals = strings.Fields("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")

// journey is an agent's ten minutes at a real window, the pauses left out: calls follow each other and overlap, and the agent types.
type journey struct {
	*app
	t    *testing.T
	pbx  *demopbx.PBX
	keys *rig.Keyboard
	ids  map[string]string // of the calls, by numeral
	ends map[string]context.CancelFunc
}

// TestWhatIsTypedIsThatCalls: twenty calls, of which one ends, rings or is answered in the middle of a sentence about another.
// The Description of each Task is what was typed about that call, and nothing else.
func TestWhatIsTypedIsThatCalls(t *testing.T) {
	t.Parallel()
	d, pbx, keys := newWindow(t)
	org := d.org
	j := &journey{app: d.app, t: t, pbx: pbx, keys: keys, ids: map[string]string{}, ends: map[string]context.CancelFunc{}}

	if instance, class := j.keys.Class(); instance != "linecard" || class != "Linecard" {
		t.Errorf("docks know the window as %q of %q", instance, class)
	}

	// Each turn begins with a call that rings, and ends with the next one ringing.
	j.rings(numerals[0])
	for i, who := range numerals {
		next := ""
		if i+1 < len(numerals) {
			next = numerals[i+1]
		}
		j.turn(i, who, next)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a wrap-up may last half of it
	defer cancel()
	for _, who := range numerals {
		want := j.sentence(who)
		if err := org.Await(ctx, func() bool {
			tasks := org.TasksFor(j.ids[who])
			return len(tasks) == 1 && strings.HasPrefix(tasks[0].Description, want)
		}); err != nil {
			t.Errorf("the call of %s: %v", who, err)
		}
		for _, task := range org.TasksFor(j.ids[who]) {
			own, _, _ := strings.Cut(task.Description, "\n")
			if own != want {
				t.Errorf("the Task of %s says %q, want %q", who, own, want)
			}
		}
	}
}

func (j *journey) sentence(who string) string {
	return fmt.Sprintf("%s wants to cancel %s in may", who, who)
}

// turn answers a call, types about it while something else happens, and saves it.
func (j *journey) turn(i int, who, next string) {
	sentence := j.sentence(who)
	half := len(sentence) / 2
	if i%4 != 1 { // with the keyboard
		j.keys.Ctrl('\n')
	} else { // with a headset, as it were, once the keys have rested
		rig.Until(j.t, "the call is in front", func() bool { return j.onDesk()[0] == j.ids[who] })
		j.do("answer", "--call", j.ids[who])
	}
	j.await("answered", of(j.ids[who]))
	j.inTitle("Caller " + who + ", in call")
	j.keys.Ctrl('n')
	j.keys.Type(sentence[:half], 5*time.Millisecond)
	rig.Until(j.t, "the window has kept up", func() bool { return j.noted(who) == sentence[:half] })
	happened := make(chan struct{})
	go func() { // the agent does not look up from the keyboard
		defer close(happened)
		switch i % 4 {
		case 0:
			j.ends[who]()
		case 1:
			j.calls(next)
		case 2:
			j.calls(next)
			j.ends[who]()
		case 3:
			j.ends[who]()
			j.calls(next)
		}
	}()
	j.keys.Type(sentence[half:], 20*time.Millisecond)
	<-happened
	j.ends[who]()
	j.await("ended", of(j.ids[who]))
	if next != "" {
		j.calls(next)
		j.rang(next)
	}
	defer func() {
		if j.t.Failed() {
			j.t.Logf("turn %d, of %s: the desk has %q; the title is %q", i, who, j.noted(who), j.keys.Title())
		}
	}()
	rig.Until(j.t, "the sentence is with the call", func() bool { return j.noted(who) == sentence })
	if i%3 == 1 && i < 15 {
		return // its wrap-up lasts on beside the next calls
	}
	j.keys.Ctrl('s')
	looks := 0
	rig.Until(j.t, "the form is left", func() bool {
		calls := j.onDesk()
		looks++
		if !slices.Contains(calls, j.ids[who]) {
			return true
		}
		if calls[0] != j.ids[who] || looks > 20 { // on a busy machine the keys rest so long that the next call is in front when Ctrl+S comes
			_, _ = j.try("save", "--call", j.ids[who])
		}
		return false
	})
}

// onDesk are the ids of the calls, the one in front first.
func (j *journey) onDesk() (ids []string) {
	var calls []call
	j.json(&calls, "calls")
	for _, c := range calls {
		ids = append(ids, c.ID)
	}
	return ids
}

// noted is what the desk has of the notes of a call.
func (j *journey) noted(who string) string {
	var calls []struct {
		ID   string
		Form struct{ Notes string }
	}
	j.json(&calls, "calls")
	for _, c := range calls {
		if c.ID == j.ids[who] {
			return c.Form.Notes
		}
	}
	return ""
}

// calls has somebody call, once.
func (j *journey) calls(who string) {
	if _, ok := j.ends[who]; ok || who == "" {
		return
	}
	ctx, end := context.WithCancel(j.t.Context())
	j.ends[who] = end
	go func() {
		_, _ = j.pbx.Call(ctx, demopbx.Caller{Name: "Caller " + who, Number: number(who), To: extension})
	}()
}

// rang waits for the call to ring.
func (j *journey) rang(who string) {
	j.ids[who] = j.await("ringing", func(e event) bool { return e.Name == "Caller "+who }).Call
}

func (j *journey) rings(who string) {
	j.calls(who)
	j.rang(who)
	j.inTitle("Caller " + who + " calling")
}

func number(who string) string {
	for i, n := range numerals {
		if n == who {
			return fmt.Sprintf("+1415555%04d", 7000+i)
		}
	}
	return ""
}

func (j *journey) inTitle(want string) {
	j.t.Helper()
	rig.Until(j.t, "the window says "+want, func() bool { return strings.HasPrefix(j.keys.Title(), want) })
}
