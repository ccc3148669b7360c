package app

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/test/interop"
)

// Faces are told how a call sounds: nothing is said while it is good, and what is wrong in words while it is not; the stream of events has a line for
// another level alone. The end has the whole call's figure, and no words.
func TestQualityIsShown(t *testing.T) {
	interop.Proves(t, "S4.10")
	r := newRig(t)
	r.Heard(sip.CallDialing{ID: "c1", At: t0, Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: t0, Codec: "PCMU"})
	sounds := func(q sip.Quality, words string) {
		t.Helper()
		r.Heard(sip.CallQuality{ID: "c1", At: t0, Quality: q})
		r.wait("the quality "+words, func(v View) bool {
			return len(v.Calls) == 1 && v.Calls[0].Quality.Quality == q && strings.Contains(v.Calls[0].Quality.Words, words) && (words == "") == (v.Calls[0].Quality.Words == "")
		})
	}
	sounds(sip.Quality{MOS: 4.4, Level: GoodQuality}, "")
	sounds(sip.Quality{MOS: 3.9, Level: FairQuality, Cause: sip.CauseLoss, Percent: 5.2}, "Fair sound (3.9): 5 % of the packets to you are lost.")
	sounds(sip.Quality{MOS: 3.8, Level: FairQuality, Cause: sip.CauseLoss, Percent: 5.9}, "6 % of the packets to you")
	sounds(sip.Quality{MOS: 2.3, Level: PoorQuality, Cause: sip.CauseLoss, Percent: 25, Sent: true}, "Poor sound (2.3): 25 % of the packets from you")
	sounds(sip.Quality{MOS: 2.9, Level: PoorQuality, Cause: sip.CauseLate, Percent: 14}, "come too late")
	sounds(sip.Quality{MOS: 3.1, Level: FairQuality, Cause: sip.CauseDelay, Delay: 420e6}, "after 420 ms")
	r.Heard(sip.CallHold{ID: "c1", At: t0, Local: true})
	r.wait("no quality on hold", func(v View) bool { return v.Calls[0].Phase == Held && v.Calls[0].Quality == QualityView{} })
	r.Heard(sip.CallQuality{ID: "c1", At: t0, Quality: sip.Quality{MOS: 2, Level: PoorQuality}}) // it was on its way
	r.Heard(sip.CallHold{ID: "c1", At: t0})
	r.wait("none just after it", func(v View) bool { return v.Calls[0].Phase == Talking && v.Calls[0].Quality == QualityView{} })
	sounds(sip.Quality{MOS: 3.9, Level: FairQuality, Cause: sip.CauseLoss, Percent: 5.2}, "Fair sound")
	sounds(sip.Quality{}, "")
	r.Heard(sip.CallEnded{ID: "c1", At: t0, Reason: sip.EndRemote, Stats: sip.Stats{Quality: sip.Quality{MOS: 3.6, Level: FairQuality}}})
	r.wait("the end", func(v View) bool {
		return len(v.Calls) == 1 && v.Calls[0].Quality.MOS == 3.6 && v.Calls[0].Quality.Words == ""
	})
}
