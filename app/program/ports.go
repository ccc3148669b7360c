package program

import "linecard/sip"

// oneLine is the desk's Phone while the phone has one account.
type oneLine struct{ *sip.Phone }

func (l oneLine) Dial(_, number string) (string, error) { return l.Phone.Dial(number) }
