package ice

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/pion/stun/v3"

	ours "linecard/sip/stun"
)

// The attributes that ICE has beside those of STUN.
const (
	attrPriority     = stun.AttrPriority
	attrUseCandidate = stun.AttrUseCandidate
	attrControlled   = stun.AttrICEControlled
	attrControlling  = stun.AttrICEControlling
)

// question is a question of a check, as it was read.
type question struct {
	*stun.Message
	priority    uint32
	controlling bool // the other side says that it is
	tie         uint64
	nominates   bool
}

// number adds an attribute that is a number, of four or eight octets.
func number(t stun.AttrType, n uint64, octets int) stun.RawAttribute {
	b := binary.BigEndian.AppendUint64(nil, n)
	return stun.RawAttribute{Type: t, Length: uint16(octets), Value: b[8-octets:]}
}

// ask writes a question to the other side.
func (a *Agent) ask(id [stun.TransactionIDSize]byte, of Component, nominate bool) []byte {
	role := attrControlled
	if a.controlling {
		role = attrControlling
	}
	set := []stun.Setter{
		stun.NewTransactionIDSetter(id), stun.BindingRequest, stun.NewUsername(a.theirs.Name + ":" + a.own.Name),
		number(attrPriority, uint64(priority(Peer, of)), 4), number(role, a.tie, 8),
	}
	if nominate {
		set = append(set, stun.RawAttribute{Type: attrUseCandidate})
	}
	m, err := stun.Build(append(set, stun.NewShortTermIntegrity(a.theirs.password), stun.Fingerprint)...)
	if err != nil { // a name that is too long: it was bounded when it was read
		return nil
	}
	return m.Raw
}

// answer writes the answer to a question that came from an address.
func (a *Agent) answer(q question, src netip.AddrPort) []byte {
	at := &stun.XORMappedAddress{IP: src.Addr().AsSlice(), Port: int(src.Port())}
	return a.sign(q, stun.BindingSuccess, at)
}

// conflict writes that both sides say that they have one role, and that the other one is to change its.
func (a *Agent) conflict(q question) []byte {
	return a.sign(q, stun.BindingError, stun.ErrorCodeAttribute{Code: stun.CodeRoleConflict, Reason: []byte("Role Conflict")})
}

func (a *Agent) sign(q question, kind stun.MessageType, what stun.Setter) []byte {
	m, err := stun.Build(stun.NewTransactionIDSetter(q.TransactionID), kind, what, stun.NewShortTermIntegrity(a.own.password), stun.Fingerprint)
	if err != nil {
		return nil
	}
	return m.Raw
}

// read reads a message that the other side has signed; ok is false for anything else. A question is signed with our password, an answer with the other side's.
func (a *Agent) read(data []byte) (m *stun.Message, ok bool) {
	if !ours.Is(data) || len(data) > 1500 {
		return nil, false
	}
	m = &stun.Message{Raw: bytes.Clone(data)}
	if m.Decode() != nil || m.Type.Method != stun.MethodBinding || int(m.Length)+20 != len(data) {
		return nil, false
	}
	// The signature is the last but the checksum, and there is one: what stands behind the first is nobody's word.
	signed := slices.IndexFunc(m.Attributes, func(r stun.RawAttribute) bool { return r.Type == stun.AttrMessageIntegrity })
	if n := len(m.Attributes); signed < 0 || signed != n-2 || m.Attributes[n-1].Type != stun.AttrFingerprint || stun.Fingerprint.Check(m) != nil {
		return nil, false
	}
	password := a.theirs.password
	if m.Type.Class == stun.ClassRequest {
		var name stun.Username
		if name.GetFrom(m) != nil || name.String() != a.own.Name+":"+a.theirs.Name {
			return nil, false
		}
		password = a.own.password
	}
	return m, stun.NewShortTermIntegrity(password).Check(m) == nil
}

// asked reads what a signed question says.
func asked(m *stun.Message) (q question, ok bool) {
	q.Message = m
	p, err := m.Get(attrPriority)
	if err != nil || len(p) != 4 {
		return q, false
	}
	q.priority = binary.BigEndian.Uint32(p)
	role, err := m.Get(attrControlling)
	if q.controlling = err == nil; err != nil {
		role, err = m.Get(attrControlled)
	}
	if err != nil || len(role) != 8 {
		return q, false
	}
	q.tie = binary.BigEndian.Uint64(role)
	q.nominates = m.Contains(attrUseCandidate)
	return q, true
}
