package crm

import "linecard/fault"

// Finding is one thing a doctor looked at.
type Finding struct {
	Check  fault.Code // what was looked at
	OK     bool
	Detail fault.Fault // what was found; zero for nothing to tell
	Remedy fault.Fault // what to do, with the Setup path, when it is not OK
}
