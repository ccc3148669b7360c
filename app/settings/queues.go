package settings

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	text "linecard/clean"
	"linecard/fault"
)

// Queue is a queue of the phone system, and the codes by which an agent logs in to it. What is left out cannot be done.
type Queue struct {
	Name      string   `toml:"name"`
	Account   string   `toml:"account"` // id of the account at whose phone system it is; "" is the first
	Login     string   `toml:"login"`   // codes, as they are called
	Logout    string   `toml:"logout"`
	Pause     string   `toml:"pause"` // with [ReasonHere] in the place of the code of the reason, where one is to be given
	Resume    string   `toml:"resume"`
	Reasons   []string `toml:"reasons" most:"30"` // for a pause, each a name and its code: Lunch=1
	Hint      string   `toml:"hint"`              // extension whose state says whether the agent is logged in; "" for none
	PauseHint string   `toml:"pause_hint"`        // extension whose state says whether the agent is paused; "" for none

	Beyond map[string]any `toml:"-"` // what the file has beyond these, kept when it is written
}

// What stands in codes and hints for what is put there.
const (
	ReasonHere    = "{reason}"    // in the code of a pause: the code of its reason
	ExtensionHere = "{extension}" // the extension of the account, so that one profile does for all desks
)

// DefaultQueue is a queue of which nothing is known.
func DefaultQueue() Queue { return Queue{} }

// id tells two queues apart.
func (q Queue) id() string { return strings.ToLower(q.Name) + " " + q.Account }

// empty reports whether nothing can be done with a queue, nor known of it.
func (q Queue) empty() bool {
	return q.Login == "" && q.Logout == "" && q.Pause == "" && q.Resume == "" && q.Hint == "" && q.PauseHint == ""
}

// ReadReason takes a reason for a pause apart.
func ReadReason(entry string) (name, code string, ok bool) {
	name, code, _ = strings.Cut(entry, "=")
	name, code = text.Short(name, longestLabel), strings.TrimSpace(code)
	return name, code, name != "" && reasonCode.MatchString(code)
}

// For is the queue with its codes and hints as the extension of an account has them.
func (q Queue) For(extension string) Queue {
	for _, text := range []*string{&q.Login, &q.Logout, &q.Pause, &q.Resume, &q.Hint, &q.PauseHint} {
		*text = strings.ReplaceAll(*text, ExtensionHere, extension)
	}
	return q
}

// QueueAt is the id of the account that a queue is at: the one that is named, else the first. It is "" where that is not there.
func (s *Settings) QueueAt(q Queue) string { return s.accountNamed(q.Account) }

// sameQueue reports whether two queues are one, whether its account is named or is the first.
func (s *Settings) sameQueue(q, other Queue) bool {
	return strings.EqualFold(q.Name, other.Name) && (q.Account == other.Account || s.QueueAt(q) != "" && s.QueueAt(q) == s.QueueAt(other))
}

// SetQueue puts a queue into the place of the one of that name at the same account, or behind the others. With another name it is renamed. What the
// file has of it beyond what is known stays.
func (s *Settings) SetQueue(replaces string, q Queue) {
	was := q
	was.Name = replaces
	i := slices.IndexFunc(s.Queues, func(o Queue) bool { return s.sameQueue(o, was) })
	if i < 0 {
		s.Queues = append(s.Queues, q)
		return
	}
	q.Beyond = s.Queues[i].Beyond
	s.Queues[i] = q
}

// QueueNamed is the queue of a name at an account, "" for the first account, or one of which nothing else is known.
func (s *Settings) QueueNamed(name, account string) Queue {
	q := DefaultQueue()
	q.Name, q.Account = strings.TrimSpace(name), account
	if i := slices.IndexFunc(s.Queues, func(o Queue) bool { return s.sameQueue(o, q) }); i >= 0 {
		q = s.Queues[i]
	}
	return q
}

// SetReasons takes reasons as they are typed, with commas between. The error is a [*KeyError].
func (q *Queue) SetReasons(typed string) (err error) {
	q.Reasons, err = readTexts(typed)
	if err != nil {
		return keyError("settings.not-a-list", "key", "reasons")
	}
	return nil
}

// RemoveQueue takes the queue of a name at an account out of the list.
func (s *Settings) RemoveQueue(name, account string) {
	s.Queues = slices.DeleteFunc(slices.Clone(s.Queues), func(o Queue) bool { return s.sameQueue(o, Queue{Name: name, Account: account}) })
}

var (
	// featureCode is what can be the user of a SIP address, and be dialed.
	featureCode = regexp.MustCompile(`^[0-9A-Za-z*#+._-]{0,64}$`)
	reasonCode  = regexp.MustCompile(`^[0-9A-Za-z*#._-]{1,32}$`)
)

// code checks a code that may have each of some placeholders once.
func (c *checker) code(key string, to *string, placeholders ...string) {
	*to = strings.TrimSpace(*to)
	plain := *to
	for _, p := range placeholders {
		plain = strings.Replace(plain, p, "", 1)
	}
	if !featureCode.MatchString(plain) {
		c.fault("settings.must-be-code", "key", key, "value", *to)
		*to = ""
	}
}

// queue checks one queue.
func (c *checker) queue(path string, q *Queue, def Queue) {
	c.tags(path, reflect.ValueOf(q).Elem(), reflect.ValueOf(def))
	q.Name, q.Account = text.Short(q.Name, longestLabel), strings.TrimSpace(q.Account)
	c.code(path+"login", &q.Login, ExtensionHere)
	c.code(path+"logout", &q.Logout, ExtensionHere)
	c.code(path+"pause", &q.Pause, ReasonHere, ExtensionHere)
	c.code(path+"resume", &q.Resume, ExtensionHere)
	for _, h := range []struct {
		key string
		to  *string
	}{{"hint", &q.Hint}, {"pause_hint", &q.PauseHint}} {
		if *h.to = strings.TrimSpace(*h.to); *h.to != "" && !extension.MatchString(strings.Replace(*h.to, ExtensionHere, "0", 1)) {
			c.fault("settings.must-be-extension", "key", path+h.key, "value", *h.to)
			*h.to = ""
		}
	}
	var reasons, names []string
	for _, entry := range q.Reasons {
		name, code, ok := ReadReason(entry)
		switch {
		case strings.TrimSpace(entry) == "" || slices.Contains(names, strings.ToLower(name)):
		case !ok:
			c.fault("settings.must-be-reason", "key", path+"reasons", "value", entry)
		default:
			reasons, names = append(reasons, name+"="+code), append(names, strings.ToLower(name))
		}
	}
	if q.Reasons = reasons; strings.Contains(q.Pause, ReasonHere) && len(reasons) == 0 {
		c.fault("settings.pause-without-reasons", "key", path+"pause")
		q.Pause = def.Pause
	}
}

// queueComplete is the identity of a queue that was read, or why it is left out.
func queueComplete(q Queue) (string, fault.Code) {
	if q.Name == "" || q.empty() {
		return "", "settings.queue-incomplete"
	}
	return q.id(), ""
}

// queues checks those of settings that are to be kept. Two that have come to be one without being changed, as when the first account is another now, are
// no fault of whatever is changed: the first of them is used.
func (c *checker) queues(s, before *Settings) {
	wereThere := func(q, o Queue) bool {
		there := func(q Queue) bool {
			return slices.ContainsFunc(before.Queues, func(b Queue) bool { return b.id() == q.id() })
		}
		return q.id() != o.id() && there(q) && there(o)
	}
	for i := range s.Queues {
		key := fmt.Sprintf("queues[%d]", i+1)
		q := &s.Queues[i]
		c.queue(key+".", q, DefaultQueue())
		switch {
		case q.Name == "" || q.empty():
			c.fault("settings.must-be-queue", "key", key)
		case slices.ContainsFunc(s.Queues[:i], func(o Queue) bool { return s.sameQueue(o, *q) && !wereThere(o, *q) }):
			c.fault("settings.must-be-another-queue", "key", key, "queue", q.Name)
		}
	}
}
