package settings

import "strings"

// Forwarding is a way in which calls are forwarded that are not taken here.
type Forwarding string

// The ways, as the command line names them.
const (
	ForwardAlways   Forwarding = "always"
	ForwardBusy     Forwarding = "busy"
	ForwardNoAnswer Forwarding = "noanswer"
)

// Forwardings are the ways there are.
func Forwardings() []Forwarding { return []Forwarding{ForwardAlways, ForwardBusy, ForwardNoAnswer} }

// Who forwards the calls of an account.
const (
	ForwardByLinecard = "linecard" // this phone tells the caller's phone system where each call goes (302)
	ForwardByPBX      = "pbx"      // the phone system, which is told by codes: also while this computer is off
)

// ForwardCodes are the codes by which a phone system is told to forward calls, and to forward them no more. NumberHere stands for the number, and
// SecondsHere for how long a call rings before that.
type ForwardCodes struct {
	AlwaysOn    string `toml:"always_on"`
	AlwaysOff   string `toml:"always_off"`
	BusyOn      string `toml:"busy_on"`
	BusyOff     string `toml:"busy_off"`
	NoAnswerOn  string `toml:"no_answer_on"`
	NoAnswerOff string `toml:"no_answer_off"`
}

// What stands in the codes for what changes.
const (
	NumberHere  = "{number}"
	SecondsHere = "{seconds}"
)

// Of are the codes of a way.
func (c ForwardCodes) Of(way Forwarding) (on, off string) {
	codes := c.codes(way)
	return *codes[0], *codes[1]
}

func (c *ForwardCodes) codes(way Forwarding) [2]*string {
	return map[Forwarding][2]*string{
		ForwardAlways: {&c.AlwaysOn, &c.AlwaysOff}, ForwardBusy: {&c.BusyOn, &c.BusyOff}, ForwardNoAnswer: {&c.NoAnswerOn, &c.NoAnswerOff},
	}[way]
}

// SetForwardCodes sets the codes of a way. The error is a [*KeyError].
func (a *Account) SetForwardCodes(way Forwarding, on, off string) error {
	codes := a.ForwardCodes.codes(way)
	*codes[0], *codes[1] = on, off
	return a.check()
}

// ForwardsByPBX reports whether the phone system forwards the calls of an account.
func (a Account) ForwardsByPBX() bool { return a.ForwardBy == ForwardByPBX }

// Forwarded is the number that calls go to in a way, "" for none.
func (a Account) Forwarded(way Forwarding) string {
	return map[Forwarding]string{ForwardAlways: a.ForwardAlways, ForwardBusy: a.ForwardBusy, ForwardNoAnswer: a.ForwardNoAnswer}[way]
}

// forwardKeys are the settings of the ways.
var forwardKeys = map[Forwarding]string{ForwardAlways: "forward_always", ForwardBusy: "forward_busy", ForwardNoAnswer: "forward_no_answer"}

// Forward has calls of an account forwarded to a number, which must be such that it can be switched off again. after is how long they ring, in seconds, as it is typed; "" leaves it. The error
// is a [*KeyError].
func (a *Account) Forward(way Forwarding, number, after string) error {
	if after != "" {
		if err := a.Set("forward_after", after); err != nil {
			return err
		}
	}
	if err := a.Set(forwardKeys[way], number); err != nil {
		return err
	}
	on, off := a.ForwardCodes.Of(way)
	switch key := "forward_codes." + codeKeys[way]; {
	case !a.ForwardsByPBX() || a.Forwarded(way) == "":
	case on == "":
		return keyError("settings.forward-no-code", "key", key+"_on")
	case off == "":
		return keyError("settings.forward-no-off-code", "key", key+"_off")
	}
	return nil
}

// codeKeys are the beginnings of the keys of codes.
var codeKeys = map[Forwarding]string{ForwardAlways: "always", ForwardBusy: "busy", ForwardNoAnswer: "no_answer"}

// StopForwarding has the calls of an account ring here.
func (a *Account) StopForwarding() { a.ForwardAlways, a.ForwardBusy, a.ForwardNoAnswer = "", "", "" }

// ForwardSeconds is how long a call rings before it is forwarded because nobody answers.
func (a Account) ForwardSeconds() int {
	if a.ForwardAfter == 0 {
		return 20
	}
	return a.ForwardAfter
}

// forward checks the numbers that an account's calls are forwarded to, and the codes for it.
func (c *checker) forward(path string, a *Account) {
	for _, way := range Forwardings() {
		codes, key := a.ForwardCodes.codes(way), path+"forward_codes."+codeKeys[way]
		c.code(key+"_on", codes[0], NumberHere, SecondsHere)
		c.code(key+"_off", codes[1])
		if on := *codes[0]; on != "" && !strings.Contains(on, NumberHere) {
			c.fault("settings.must-have-number", "key", key+"_on", "value", on)
			*codes[0] = ""
		}
	}
	for _, way := range Forwardings() {
		key := forwardKeys[way]
		number := map[Forwarding]*string{ForwardAlways: &a.ForwardAlways, ForwardBusy: &a.ForwardBusy, ForwardNoAnswer: &a.ForwardNoAnswer}[way]
		*number = TidyCallerID(*number)
		switch {
		case !callerID.MatchString(*number):
			c.fault("settings.must-be-number", "key", path+key, "value", *number)
		case *number != "" && *number == a.User:
			c.fault("settings.forward-to-itself", "key", path+key, "value", *number)
		default:
			continue
		}
		*number = ""
	}
}
