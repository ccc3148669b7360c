package mirror

import (
	"strconv"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
)

// ObjectWord is what people call the records of an object.
func ObjectWord(object string) string {
	switch object {
	case crm.Contact:
		return catalogue.Text("directory.contacts")
	case crm.Account:
		return catalogue.Text("directory.accounts")
	case crm.Lead:
		return catalogue.Text("directory.leads")
	}
	return object
}

// Line says in a few words what a copy is doing.
func (s Status) Line() string {
	what := ObjectWord(s.Object)
	switch {
	case s.State == Off:
		return catalogue.Text("directory.state-off")
	case s.State == Paused:
		return catalogue.Text("directory.state-paused")
	case s.State == Preparing:
		return catalogue.Text("directory.state-preparing", "what", what)
	case s.State == Copying && s.Total > 0:
		return catalogue.Text("directory.state-copying-of", "what", what, "read", s.Read, "total", s.Total)
	case s.State == Copying:
		return catalogue.Text("directory.state-copying", "what", what, "read", s.Read)
	case s.State == UpToDate:
		return catalogue.Text("directory.state-up-to-date")
	case s.Object != "":
		return catalogue.Text("directory.state-waiting-object", "what", what)
	case s.Whole || !s.Error.IsZero():
		return catalogue.Text("directory.state-waiting")
	}
	return catalogue.Text("directory.state-first")
}

// People says how many there are in a copy, and how much of the disk the directory takes.
func (s Status) People() string {
	return catalogue.Text("directory.people-and-size", "people", s.Count(), "size", s.Size())
}

// Count says how many people there are in a copy.
func (s Status) Count() string { return catalogue.Text("directory.people", "count", s.Records) }

// Size says how much of the disk the directory takes.
func (s Status) Size() string {
	mb := float64(s.Bytes) / (1 << 20)
	digits := 0
	if mb < 10 {
		digits = 1
	}
	return catalogue.Text("directory.size", "mb", strconv.FormatFloat(mb, 'f', digits, 64))
}

// Age says as of when a copy is.
func (s Status) Age() string {
	if s.Checked.IsZero() || !s.Whole {
		return catalogue.Text("directory.never")
	}
	return catalogue.Text("directory.as-of", "at", s.Checked)
}

// Why says why a copy waits, or what it lacks; "" for nothing.
func (s Status) Why() string {
	switch {
	case s.State == Off:
		return ""
	case !s.Error.IsZero():
		return catalogue.Say(s.Error)
	case len(s.Hidden) > 0:
		return catalogue.Say(s.HiddenFault())
	}
	return ""
}

// HiddenFault says which objects the org does not show to the user.
func (s Status) HiddenFault() fault.Fault {
	var what []string
	for _, h := range s.Hidden {
		what = append(what, ObjectWord(h))
	}
	return fault.New("directory.hidden", "what", what)
}
