package journal

import "linecard/fault"

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

func (j *Journal) note(f fault.Fault) { j.notice.Store(&f) }
