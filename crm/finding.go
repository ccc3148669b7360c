package crm

// Finding is one thing a doctor looked at.
type Finding struct {
	Check  string `json:"check"` // what was looked at
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what was found
	Remedy string `json:"remedy,omitempty"` // what to do, with the Setup path, when it is not OK
}
