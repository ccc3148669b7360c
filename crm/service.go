package crm

import (
	"regexp"
	"slices"
	"strings"
)

// Before a number people dial codes that are the network's and say how the call is made: without the caller's number (*67, #31#), with it
// (*82, *31#), without call waiting (*70). Whom the call goes to is the number behind them: it is that one that is looked up, may be marked
// Do Not Call, and is logged. A code that does something else with a number, such as forwarding calls to it (*72, *21*), calls nobody.

// starCodes are the codes that begin with a star or a hash. They mean the same wherever they are known at all.
var starCodes = regexp.MustCompile(`^(?:[*#]31[#*]|\*6[57]#?|\*82#?|\*70#?)`)

// digitCodes are those of digits alone, by region: of a telephone with a dial, and of networks without star codes. They count only where
// the digits are no number as they stand.
var digitCodes = map[string][]string{
	"US": {"1167", "1182", "1170"}, "CA": {"1167", "1182", "1170"},
	"GB": {"141", "1470"}, "IE": {"141", "142"}, "AU": {"1831", "1832"}, "NZ": {"0197", "0196"}, "JP": {"184", "186"}, "HK": {"133", "1357"},
	"FR": {"3651"}, "ES": {"067"}, "IL": {"*43"}, "KR": {"*23#", "*23"},
}

// mostCodes is how many codes may stand before one number.
const mostCodes = 3

// withoutCodes is a number without the codes before it; ok is false where there are none. The digits for an outside line may come
// before the codes.
func (p NumberPlan) withoutCodes(user string) (rest string, ok bool) {
	rest = strings.TrimLeft(foldDigits(user), " ")
	if out, cut := strings.CutPrefix(rest, p.OutsidePrefix); cut && out != "" && strings.ContainsRune("*#", rune(out[0])) {
		rest = out
	}
	for range mostCodes {
		after, found := p.withoutCode(rest)
		if !found {
			break
		}
		rest, ok = after, true
	}
	return rest, ok && rest != ""
}

func (p NumberPlan) withoutCode(s string) (rest string, ok bool) {
	if code := starCodes.FindString(s); code != "" {
		return strings.TrimLeft(s[len(code):], " ,-"), true
	}
	codes := digitCodes[p.region()]
	i := slices.IndexFunc(codes, func(code string) bool { return strings.HasPrefix(s, code) })
	if i < 0 || codes[i][0] != '*' && p.read(dialled(s)).grade != unreadable && p.read(dialled(s)).grade != possible {
		return s, false
	}
	return strings.TrimLeft(s[len(codes[i]):], " ,-"), true
}
