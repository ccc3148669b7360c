package crm

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"linecard/fault"
)

// Rewrite is what a line sends for certain numbers: a regular expression that fits the number as a whole, and the text in its place, in
// which $1 is what stands in the first brackets.
type Rewrite struct {
	fits *regexp.Regexp
	sent string
}

// mostRewriteLen bounds the text of a Rewrite, far beyond what a dial plan needs.
const mostRewriteLen = 200

// ReadRewrite reads "^0([1-9].*)$ => +49$1". Its arrow may be -> too, and the expression need not say ^ and $.
func ReadRewrite(text string) (Rewrite, fault.Fault) {
	pattern, sent, ok := strings.Cut(text, "=>")
	if !ok {
		pattern, sent, ok = strings.Cut(text, "->")
	}
	pattern, sent = strings.TrimSpace(pattern), strings.TrimSpace(sent)
	switch {
	case !ok || pattern == "" || sent == "" || len(text) > mostRewriteLen:
		return Rewrite{}, fault.New("numbers.rewrite-form", "rewrite", text)
	case strings.Trim(placeholder.ReplaceAllString(sent, ""), "+0123456789*#") != "":
		return Rewrite{}, fault.New("numbers.rewrite-digits", "rewrite", text)
	}
	_, bare := regexp.Compile(pattern) // brackets of its own must not end those around it
	fits, err := regexp.Compile(`^(?:` + pattern + `)$`)
	if bare != nil || err != nil {
		return Rewrite{}, fault.New("numbers.rewrite-pattern", "rewrite", text)
	}
	for _, p := range placeholder.FindAllStringSubmatch(sent, -1) {
		if n := int(p[1][0] - '0'); n > fits.NumSubexp() {
			return Rewrite{}, fault.New("numbers.rewrite-brackets", "rewrite", text, "placeholder", p[0])
		}
	}
	return Rewrite{fits, placeholder.ReplaceAllString(sent, "$${$1}")}, fault.Fault{}
}

var placeholder = regexp.MustCompile(`\$([1-9])`)

// Rewrite is what is sent for a number; ok is false where the expression does not fit, or nothing would be left to dial.
func (r Rewrite) Rewrite(number string) (sent string, ok bool) {
	at := r.fits.FindStringSubmatchIndex(number)
	if at == nil {
		return "", false
	}
	sent = string(r.fits.ExpandString(nil, r.sent, number, at))
	if i := strings.LastIndex(sent, "+"); i > 0 || strings.Trim(sent, "+0123456789*#") != "" {
		return "", false // what the brackets took out is no number
	}
	return sent, strings.Trim(sent, "+") != ""
}

// names reports whether the expression is the number itself.
func (r Rewrite) names(number string) bool {
	return strings.Trim(strings.TrimSuffix(strings.TrimPrefix(r.fits.String(), "^(?:"), ")$"), "^$") == number
}

// Signalled is the number of a caller, as the PBX signals it, with what it has too much before it taken off, and what is missing put on. Colleagues
// and names stay as they are.
func (p NumberPlan) Signalled(number string) string {
	if p.Strip == "" && p.Add == "" || hasLetter(number) || strings.Trim(number, "+0123456789") != "" || p.extension().MatchString(number) {
		return number
	}
	short := func(rest string) bool { return len(digitsOf(rest)) < minPublicDigits }
	if rest, ok := strings.CutPrefix(number, p.Strip); ok && !short(rest) {
		number = rest
	}
	if p.Add == "" || strings.HasPrefix(number, "+") || short(number) || p.leadsAbroad(number) {
		return number
	}
	if trunk := phonenumbers.GetNddPrefixForRegion(p.region(), true); len(p.Add) > 1 && p.Add[0] == '+' && trunk != "" && read(number, p.region()).grade == valid {
		number = strings.TrimPrefix(number, trunk) // behind a country code it is too much
	}
	put := p.Add + number
	if strings.HasPrefix(number, p.Add) && read(put, p.region()).grade < read(number, p.region()).grade {
		return number // it is there
	}
	return put
}

// leadsAbroad reports whether a number begins with an exit code, so that nothing is missing before it.
func (p NumberPlan) leadsAbroad(number string) bool {
	for _, exit := range []string{"00", "011", p.ExitCode, exitCode(p.region())} {
		if exit != "" && strings.HasPrefix(number, exit) && read("+"+number[len(exit):], p.region()).grade == valid {
			return true
		}
	}
	return false
}
