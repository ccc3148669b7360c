package stun_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"

	lib "github.com/pion/stun/v3"

	"linecard/sip/stun"
)

// answer is what a server says to a question.
func answer(t testing.TB, q stun.Question, s ...lib.Setter) []byte {
	t.Helper()
	m := &lib.Message{Raw: q.Bytes()}
	if err := m.Decode(); err != nil {
		t.Fatal(err)
	}
	return lib.MustBuild(append([]lib.Setter{lib.NewTransactionIDSetter(m.TransactionID)}, s...)...).Raw
}

func TestAnswers(t *testing.T) {
	q := stun.NewQuestion()
	at := func(text string) (net.IP, int) {
		a := netip.MustParseAddrPort(text)
		return a.Addr().AsSlice(), int(a.Port())
	}
	seen := func(text string) lib.Setter {
		ip, port := at(text)
		return &lib.XORMappedAddress{IP: ip, Port: port}
	}
	plain := func(text string) lib.Setter {
		ip, port := at(text)
		return &lib.MappedAddress{IP: ip, Port: port}
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"as servers write it": {answer(t, q, lib.BindingSuccess, seen("203.0.113.7:40000"), lib.Fingerprint), "203.0.113.7:40000"},
		"IPv6":                {answer(t, q, lib.BindingSuccess, seen("[2001:db8::7]:40000")), "[2001:db8::7]:40000"},
		"the old form":        {answer(t, q, lib.BindingSuccess, plain("203.0.113.7:40000")), "203.0.113.7:40000"},
		"of both, the one that no router rewrites": {answer(t, q, lib.BindingSuccess, plain("192.0.2.9:1"), seen("203.0.113.7:40000")), "203.0.113.7:40000"},
		"to another question":                      {answer(t, stun.NewQuestion(), lib.BindingSuccess, seen("203.0.113.7:40000")), ""},
		"a refusal":                                {answer(t, q, lib.BindingError, lib.CodeServerError), ""},
		"no address":                               {answer(t, q, lib.BindingSuccess), ""},
		"nowhere":                                  {answer(t, q, lib.BindingSuccess, seen("0.0.0.0:40000")), ""},
		"to everybody":                             {answer(t, q, lib.BindingSuccess, seen("255.255.255.255:40000")), ""},
		"a group":                                  {answer(t, q, lib.BindingSuccess, seen("224.0.0.9:40000")), ""},
		"no port":                                  {answer(t, q, lib.BindingSuccess, seen("203.0.113.7:0")), ""},
		"the question itself":                      {q.Bytes(), ""},
		"a packet of sound":                        {append([]byte{0x80, 0}, make([]byte, 30)...), ""},
		"nothing":                                  {nil, ""},
	} {
		got, ok := q.Answered(c.data)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s: %v, %v", name, got, ok)
		}
	}
	if _, ok := (stun.Question{}).Answered(answer(t, stun.Question{}, lib.BindingSuccess, seen("203.0.113.7:40000"))); ok {
		t.Error("an answer to no question is believed")
	}
	if !bytes.Equal(q.Bytes(), q.Bytes()) {
		t.Error("asked again it is another question")
	}
}

func FuzzAnswered(f *testing.F) {
	q := stun.NewQuestion()
	f.Add(answer(f, q, lib.BindingSuccess, &lib.XORMappedAddress{IP: net.IPv4(203, 0, 113, 7), Port: 4}))
	f.Add(q.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		if at, ok := q.Answered(data); ok && (!at.IsValid() || at.Port() == 0) {
			t.Errorf("%v is believed", at)
		}
		if !bytes.Equal(before, data) {
			t.Error("what was read has changed")
		}
	})
}

// names is a DNS.
type names struct {
	hosts map[string][]string // by "ip4 name"
	srv   []*net.SRV
}

func (n names) LookupNetIP(_ context.Context, network, host string) (all []netip.Addr, err error) {
	for _, text := range n.hosts[network+" "+host] {
		all = append(all, netip.MustParseAddr(text))
	}
	if all == nil {
		err = &net.DNSError{Name: host, IsNotFound: true}
	}
	return all, err
}

func (n names) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if service != "stun" || proto != "udp" || name != "example.com" || n.srv == nil {
		return "", nil, &net.DNSError{Name: name, IsNotFound: true}
	}
	return "", n.srv, nil
}

func TestServers(t *testing.T) {
	hosts := map[string][]string{"ip4 example.com": {"192.0.2.1"}, "ip6 example.com": {"2001:db8::1"}, "ip4 a.example.com": {"192.0.2.2"}}
	srv := []*net.SRV{{Target: "a.example.com.", Port: 3480}}
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::9")
	for name, c := range map[string]struct {
		dns    names
		server string
		local  netip.Addr
		want   []string
	}{
		"an address":               {names{}, "192.0.2.7", v4, []string{"192.0.2.7:3478"}},
		"an address with a port":   {names{}, "192.0.2.7:3479", v4, []string{"192.0.2.7:3479"}},
		"IPv6":                     {names{}, "[2001:db8::7]:3479", v6, []string{"[2001:db8::7]:3479"}},
		"IPv6 without a port":      {names{}, "2001:db8::7", v6, []string{"[2001:db8::7]:3478"}},
		"a name":                   {names{hosts: hosts}, "example.com", v4, []string{"192.0.2.1:3478"}},
		"in the family of ours":    {names{hosts: hosts}, "example.com", v6, []string{"[2001:db8::1]:3478"}},
		"by SRV":                   {names{hosts, srv}, "example.com", v4, []string{"192.0.2.2:3480"}},
		"a port asks for no SRV":   {names{hosts, srv}, "example.com:3478", v4, []string{"192.0.2.1:3478"}},
		"SRV that leads nowhere":   {names{hosts, []*net.SRV{{Target: "gone.example.com.", Port: 1}}}, "example.com", v4, []string{"192.0.2.1:3478"}},
		"a name that is not there": {names{hosts: hosts}, "gone.example.com", v4, nil},
		"no name":                  {names{hosts: hosts}, "a b", v4, nil},
		"no port":                  {names{hosts: hosts}, "example.com:0", v4, nil},
	} {
		all, err := stun.Servers(context.Background(), c.dns, c.server, c.local)
		var got []string
		for _, a := range all {
			got = append(got, a.String())
		}
		var dns *net.DNSError
		if !slices.Equal(got, c.want) || (c.want == nil) != errors.As(err, &dns) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
