package journal

import (
	"fmt"

	"linecard/fault"
)

// words are the English sentences of the faults, as resources/messages/journal.en.toml has them too: for those who do not
// read faults yet.
func words(f fault.Fault) string {
	folder, _ := f.Values["folder"].(string)
	calls, _ := f.Values["count"].(int)
	switch f.Code {
	case Full:
		return "The disk is full or can't be written. Free some space: Linecard keeps this call in memory and saves it then."
	case NoAccess:
		return "Linecard may not write to " + folder + ". Give yourself access to that folder: Linecard keeps calls in memory and saves them then."
	case Busy:
		return "Another program holds the call journal in " + folder + " open. Close it: Linecard keeps this call in memory and saves it then."
	case InUse:
		return "Another Linecard has the call journal in " + folder + " open. Close it, or start with another --data folder."
	case Damaged:
		return "The call journal is damaged. Restart Linecard: it puts the damaged file aside and begins a new one."
	case Newer:
		return "The call journal in " + folder + " was written by a newer Linecard. Install that version, or start with another --data folder."
	case Unusable:
		return "The call journal in " + folder + " can't be used. Check that folder and its disk, or start with another --data folder."
	case Emptied:
		return "The call journal was empty, so the call history is lost. Restore " + FileName + " from a backup if you have one."
	case InMemory:
		return "The disk is full or can't be written, so calls are kept in memory only. Free some space before you quit."
	case InMemoryReadOnly:
		return "Linecard may not write to " + folder + ", so calls are kept in memory only. Give yourself access to that folder before you quit."
	case Renewed, RenewedEmpty:
		file, _ := f.Values["file"].(string)
		waiting, _ := f.Values["waiting"].(int)
		return renewedWords(file, calls, waiting)
	case KeptFull:
		return unsavedWords(calls, "the disk is full or can't be written", "Free some space")
	case KeptBusy:
		return unsavedWords(calls, "another program holds the call journal open", "Close it")
	}
	return string(f.Code)
}

func renewedWords(file string, calls, waiting int) string {
	s := "The call journal was damaged, so a new one was begun; the old one is kept as " + file + "."
	switch calls {
	case 0:
		return s + " Nothing could be read there."
	case 1:
		return fmt.Sprintf("%s 1 call could be read there and has been carried over; still to be logged: %d.", s, waiting)
	}
	return fmt.Sprintf("%s %d calls could be read there and have been carried over; still to be logged: %d.", s, calls, waiting)
}

func unsavedWords(calls int, why, remedy string) string {
	if calls == 1 {
		return fmt.Sprintf("1 call could not be saved because %s. %s first, or it is lost.", why, remedy)
	}
	return fmt.Sprintf("%d calls could not be saved because %s. %s first, or they are lost.", calls, why, remedy)
}

// NoticeFault is what the agent should read after Open; the zero Fault when all is well. It goes when a journal that was
// opened in memory has moved to the disk.
func (j *Journal) NoticeFault() fault.Fault {
	if f := j.notice.Load(); f != nil {
		return *f
	}
	return fault.Fault{}
}

// InMemory reports whether the journal was opened in memory and has not moved to the disk.
func (j *Journal) InMemory() bool {
	f := j.NoticeFault()
	return f.Is(InMemory) || f.Is(InMemoryReadOnly)
}

// Notice is NoticeFault as a sentence, "" when all is well.
func (j *Journal) Notice() string {
	if f := j.NoticeFault(); !f.IsZero() {
		return words(f)
	}
	return ""
}

func (j *Journal) note(f fault.Fault) { j.notice.Store(&f) }
