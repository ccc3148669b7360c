package settings

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

// forwardKeys are the settings of the ways.
var forwardKeys = map[Forwarding]string{ForwardAlways: "forward_always", ForwardBusy: "forward_busy", ForwardNoAnswer: "forward_no_answer"}

// Forward has calls of an account forwarded to a number. after is how long they ring, in seconds, as it is typed; "" leaves it. The error
// is a [*KeyError].
func (a *Account) Forward(way Forwarding, number, after string) error {
	if after != "" {
		if err := a.Set("forward_after", after); err != nil {
			return err
		}
	}
	return a.Set(forwardKeys[way], number)
}

// StopForwarding has the calls of an account ring here.
func (a *Account) StopForwarding() { a.ForwardAlways, a.ForwardBusy, a.ForwardNoAnswer = "", "", "" }

// ForwardSeconds is how long a call rings before it is forwarded because nobody answers.
func (a Account) ForwardSeconds() int {
	if a.ForwardAfter == 0 {
		return 20
	}
	return a.ForwardAfter
}

// forward checks the numbers that an account's calls are forwarded to.
func (c *checker) forward(path string, a *Account) {
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
