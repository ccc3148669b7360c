package sip

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calls that the phone answers for the agent, because the phone system asks: intercoms, and dialers that have the customer on the line
// already. Only where the account says that its server may, and only when nothing else is going on; otherwise they ring. The agent
// hears a tone before the microphone opens: nobody is to be heard unawares. Nor does it open before the ACK.

const (
	answerTone  = 500 * time.Millisecond // of the tone, and until the microphone opens
	mostWaiting = time.Minute            // a call that is to be answered later than this rings
)

// answerItself answers a call that rings, if it is to be answered without the agent: as soon as its 180 is out, or as late as it says.
func (c *call) answerItself() {
	after, asked := c.asksToBeAnswered()
	if !asked {
		return
	}
	c.p.after(max(after, 2*keptBeforeRinging), func() {
		c.d.Guard(func() {
			if _, still := c.asksToBeAnswered(); !still || !c.untaken() || c.p.dnd || !c.alone() {
				return
			}
			c.itself, c.shut = true, true
			if err := c.answer(); err != nil { // it rings on, and is the agent's to answer
				c.itself = false
				c.openMicrophone()
				c.p.log.Warn("call not answered by itself", "call", c.id, "error", err)
				return
			}
			t := c.p.play(toneAnswered)
			waits := 2 // for the tone, and for the ACK: the INVITE may be somebody's in the server's name, who does not get the answer
			over := func() {
				if waits--; waits == 0 {
					c.openMicrophone()
				}
			}
			c.d.WhenAcknowledged(over)
			c.p.after(answerTone, func() {
				c.p.stopTone(t)
				c.d.Guard(over)
			})
		})
	})
}

func (c *call) openMicrophone() {
	if c.shut = false; c.audio != nil {
		c.audio.Mute(c.muted)
	}
}

// alone reports whether there is no other call.
func (c *call) alone() bool {
	return !slices.ContainsFunc(c.p.calls, func(o *call) bool { return o != c && o.phase != ended })
}

// asksToBeAnswered reports whether the account's server may have a call answered, and asks for that, in one of the ways in use, and after how long.
func (c *call) asksToBeAnswered() (after time.Duration, ok bool) {
	if !c.line.account.AutoAnswer || c.d.Direct() {
		return 0, false
	}
	for _, v := range c.d.Values("Call-Info") {
		if after, ok := inSeconds(answerAfter(v)); ok {
			return after, after <= mostWaiting
		}
	}
	for _, v := range c.d.Values("Alert-Info") {
		if delay, asks := alertsToAnswer(v); asks {
			after, ok := inSeconds(delay)
			return after, ok && after <= mostWaiting
		}
	}
	for _, v := range append(c.d.Values("Answer-Mode"), c.d.Values("Priv-Answer-Mode")...) { // RFC 5373 §3
		mode, _, _ := strings.Cut(v, ";")
		if strings.EqualFold(strings.TrimSpace(mode), "Auto") {
			return 0, true
		}
	}
	return 0, false
}

// inSeconds reads a number of seconds; it is not ok where there is none.
func inSeconds(text string) (after time.Duration, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return time.Duration(min(n, 1000)) * time.Second, err == nil && n >= 0
}

// answerAfter is what a Call-Info says of how soon a call is to be answered: <sip:pbx>;answer-after=0. Dial plans have it without an address, too,
// or with nothing else.
func answerAfter(value string) string {
	a, isOne := parseAddress(value)
	if !isOne {
		a.params = parameters(";" + value)
	}
	return a.params["answer-after"]
}

// alertsToAnswer reports whether an Alert-Info asks for an answer: info=alert-autoanswer, ring-answer, Auto Answer, and after how many seconds:
// delay=2. What is in an address there is the name of a tune, and no wish.
func alertsToAnswer(value string) (delay string, asks bool) {
	before, rest, _ := strings.Cut(value, "<")
	if inside, after, closed := strings.Cut(rest, ">"); closed {
		if rest = after; !strings.Contains(inside, ":") {
			rest = inside + after
		}
	}
	words := strings.NewReplacer(" ", "", "-", "", "_", "", `"`, "").Replace(strings.ToLower(before + rest))
	delay, told := parameters(";" + before + rest)["delay"]
	if !told {
		delay = "0"
	}
	return delay, strings.Contains(words, "autoanswer") || strings.Contains(words, "ringanswer")
}
