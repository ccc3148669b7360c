package dialog

// packages says which of the two event packages of its watch a subscription is made with. The second one is asked for where the server has no such
// events as the first one. What was granted last is asked for first from then on, so that each refresh and each new flow costs one request.
type packages struct {
	second  bool // the second package is the one in use
	kept    bool // so it was when a SUBSCRIBE was granted last
	changed bool // the other one was refused since then, or since the flow began
}

// asks is the package in use.
func (s *Subscription) asks() Package {
	if s.second {
		return s.watch.Second
	}
	return s.watch.Package
}

// other changes to the other package, once the server has refused the one in use as one that it does not have. It is false where there is no other
// one, or where that was refused as well.
func (s *Subscription) other() bool {
	if s.watch.Second == (Package{}) {
		return false
	}
	if s.changed {
		s.kept = false // neither is there: the next flow begins with the first one
		return false
	}
	s.second, s.changed = !s.second, true
	return true
}

// keep notes that the package in use was granted.
func (s *Subscription) keep() { s.kept, s.changed = s.second, false }

// anew begins with the package that was granted last: the flow is another one, and the server may be.
func (s *Subscription) anew() { s.second, s.changed = s.kept, false }
