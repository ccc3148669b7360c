package crm

import "linecard/fault"

// Finding is the result of one check of the doctor.
type Finding struct {
	Check  fault.Code  // what was looked at
	OK     bool        // there is nothing to do
	Minor  bool        // not OK, and calls are taken, found and logged all the same
	Detail fault.Fault // what was found; zero when there is nothing to report
	Remedy fault.Fault // what to do when it is not OK, with the path in Setup
	Setup  string      // address of the page in Setup that it is about, whether it is OK or not; "" for none
}
