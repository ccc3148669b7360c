package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/ice"
	"linecard/sip/sdp"
	"linecard/test/interop"
)

// searching is the agreement of two sides about their sockets, that of the first one first.
func searching(a, b *Socket, components int) (of [2]*sdp.ICE) {
	creds := [2]ice.Credentials{ice.NewCredentials(), ice.NewCredentials()}
	for i, other := range []*Socket{b, a} {
		of[i] = &sdp.ICE{
			Ours: creds[i], Theirs: creds[1-i], Controlling: i == 0, Components: components,
			Candidates: append(ice.Candidates(ice.RTP, other.Addr(), netip.AddrPort{}), ice.Candidates(ice.RTCP, other.RTCPAddr(), netip.AddrPort{})...),
		}
	}
	return of
}

// unnamed is an agreement that names an address at which nobody is: only ICE leads to the other side.
func unnamed(p Params, search *sdp.ICE) Params {
	p.Host, p.RTCPHost, p.Port, p.RTCPPort = "127.0.0.1", "127.0.0.1", 9, 10
	p.Remote, p.RemoteRTCP = netip.AddrPort{}, netip.AddrPort{}
	p.ICE = search
	return p
}

// begin is a session on a socket that is closed when the test is over.
func begin(t testing.TB, socket *Socket, p Params, o Options) *Session {
	t.Helper()
	s, err := NewSession(socket, p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestWayByICE: the sound of both sides takes the way that was found, and another one after a restart; a stranger's is not heard, though it comes
// from the address that signalling has named.
func TestWayByICE(t *testing.T) {
	interop.Proves(t, "S4.8")
	for _, components := range []int{1, 2} {
		as, bs := open(t), open(t)
		way := searching(as, bs, components)
		heardA, heardB := make(chan struct{}, 999), make(chan struct{}, 999)
		found := make(chan bool, 9)
		oa, ob := tapped(heardA), tapped(heardB)
		oa.OnWay = func(ok bool) { found <- ok }
		a := begin(t, as, unnamed(agreed(bs), way[0]), oa)
		b := begin(t, bs, unnamed(agreed(as), way[1]), ob)
		if !await(t, found) {
			t.Fatal("no way")
		}
		talkUntil(t, a, b, heardA, heardB)
		if to := a.Stats().Remote; to != bs.Addr() {
			t.Errorf("sound goes to %v, not %v", to, bs.Addr())
		}
		stranger := open(t)
		before := a.Stats()
		for i := range uint16(20) {
			send(t, stranger.rtp, a, rtp.Header{Version: 2, SSRC: 9, SequenceNumber: i, Timestamp: uint32(i) * 160}, make([]byte, 160))
		}
		talkUntil(t, a, b, heardA, heardB)
		for a.Stats().PacketsRefused < before.PacketsRefused+20 {
			talkUntil(t, a, b, heardA, heardB)
		}
		if to := a.Stats().Remote; to != bs.Addr() {
			t.Errorf("a stranger has taken the sound to %v", to)
		}
		again := searching(as, bs, components)
		if err := a.Update(unnamed(agreed(bs), again[0])); err != nil {
			t.Fatal(err)
		}
		talkUntil(t, a, b, heardA, heardB) // by the way that there was
		if err := b.Update(unnamed(agreed(as), again[1])); err != nil {
			t.Fatal(err)
		}
		if !await(t, found) {
			t.Error("no way after a restart")
		}
		talkUntil(t, a, b, heardA, heardB)
	}
}

// talkUntil has both talk until each has heard the other.
func talkUntil(t testing.TB, a, b *Session, heardA, heardB chan struct{}) {
	t.Helper()
	for len(heardA) > 0 {
		<-heardA
	}
	for len(heardB) > 0 {
		<-heardB
	}
	pcm := make([]int16, BlockSize)
	for range 3 {
		for range 4 {
			a.WriteMicrophone(pcm)
			b.WriteMicrophone(pcm)
		}
		await(t, heardA)
		await(t, heardB)
	}
}

// TestPlainWhereNoWayIsFound: the call goes on by the addresses that signalling names, also when the other side then begins another search.
func TestPlainWhereNoWayIsFound(t *testing.T) {
	as, peer, nobody := open(t), open(t), open(t)
	heard, found := make(chan struct{}, 999), make(chan bool, 9)
	o := tapped(heard)
	o.OnWay = func(ok bool) { found <- ok }
	p := agreed(peer)
	p.ICE = searching(as, nobody, 2)[0]
	s := begin(t, as, p, o)
	hears := func() {
		t.Helper()
		for len(heard) > 0 {
			<-heard
		}
		for i := range uint16(4) {
			send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: i, Timestamp: uint32(i) * 160}, make([]byte, 160))
		}
		await(t, heard)
		s.WriteMicrophone(make([]int16, 4*BlockSize))
		next(t, peer.rtp)
	}
	n := s.search.Load()
	n.mu.Lock()
	n.agent.Tick(time.Now().Add(time.Minute)) // its patience is over
	n.tell(time.Now())
	n.mu.Unlock()
	if await(t, found) {
		t.Error("a way was found to nobody")
	}
	hears()
	p.ICE = searching(as, nobody, 2)[0]
	if err := s.Update(p); err != nil {
		t.Fatal(err)
	}
	hears()
}

// TestWayOfTheSoundIsTold: a way for the sound is one, though no report has come by; each time that it is lost, and found again, that is told, and nothing goes to whoever
// no longer consents.
func TestWayOfTheSoundIsTold(t *testing.T) {
	as, bs, nobody := open(t), open(t), open(t)
	way := searching(as, bs, 2)
	for _, side := range way {
		side.Candidates[1].Addr = nobody.RTCPAddr()
	}
	found := make(chan bool, 9)
	a := begin(t, as, unnamed(agreed(bs), way[0]), Options{OnWay: func(ok bool) { found <- ok }})
	begin(t, bs, unnamed(agreed(as), way[1]), Options{})
	for range 2 {
		if !await(t, found) {
			t.Fatal("no way")
		}
		n := a.search.Load()
		n.mu.Lock()
		n.tell(time.Now().Add(time.Minute)) // no answer for so long
		a.recv.mu.Lock()
		to := a.recv.latch.target()
		a.recv.mu.Unlock()
		n.mu.Unlock()
		if to.IsValid() {
			t.Errorf("sound goes on to %v", to)
		}
		if await(t, found) {
			t.Error("the way is found twice")
		}
	}
	if !await(t, found) {
		t.Error("the way is not found again")
	}
}

// TestSearchesWithoutEnd: what earlier searches have found is bounded, and holds while a later one finds nothing.
func TestSearchesWithoutEnd(t *testing.T) {
	as, nobody := open(t), open(t)
	p := unnamed(agreed(nobody), searching(as, nobody, 1)[0])
	s := begin(t, as, p, Options{})
	first := netip.MustParseAddrPort("127.0.0.1:20000")
	for i := range uint16(300) {
		n := s.search.Load()
		n.mu.Lock()
		n.before[forRTP].chosen = first
		n.before[forRTP].proven = append(n.before[forRTP].proven, netip.AddrPortFrom(first.Addr(), first.Port()+i), first)
		n.mu.Unlock()
		p.ICE = searching(as, nobody, 1)[0]
		if err := s.Update(p); err != nil {
			t.Fatal(err)
		}
	}
	s.recv.mu.Lock()
	defer s.recv.mu.Unlock()
	if l := &s.recv.latch; len(l.proven) > ice.MostPairs || !l.followed(first) || l.target() != first {
		t.Errorf("%d addresses, sound goes to %v", len(l.proven), l.target())
	}
}

// TestNamedLater: in a search that goes on the other side names another address, and there it is.
func TestNamedLater(t *testing.T) {
	as, bs, nobody := open(t), open(t), open(t)
	way, wrong := searching(as, bs, 1), searching(as, nobody, 1)
	right := way[0].Candidates
	way[0].Candidates = wrong[0].Candidates
	way[1].Candidates = searching(nobody, bs, 1)[1].Candidates // and we are not named to it
	found := make(chan bool, 9)
	a := begin(t, as, unnamed(agreed(bs), way[0]), Options{OnWay: func(ok bool) { found <- ok }})
	begin(t, bs, unnamed(agreed(as), way[1]), Options{})
	more := *way[0]
	more.Candidates = append(wrong[0].Candidates, right...)
	if err := a.Update(unnamed(agreed(bs), &more)); err != nil {
		t.Fatal(err)
	}
	if !await(t, found) {
		t.Error("no way")
	}
}

// TestHandshakeByICE: the handshake takes the way that was found, and begins once there is one.
func TestHandshakeByICE(t *testing.T) {
	interop.Proves(t, "S4.8")
	as, bs := open(t), open(t)
	search := searching(as, bs, 2)
	certA, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	certB, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	secured := make(chan string, 9)
	tell := func(kind string, err error) {
		if err != nil {
			kind = err.Error()
		}
		secured <- kind
	}
	pa, pb := unnamed(agreed(bs), search[0]), unnamed(agreed(as), search[1])
	pa.DTLS = &sdp.DTLS{Client: true, Prints: []sdp.Fingerprint{certB.Fingerprint()}}
	pb.DTLS = &sdp.DTLS{Prints: []sdp.Fingerprint{certA.Fingerprint()}}
	begin(t, as, pa, Options{Certificate: certA, OnSecured: tell})
	begin(t, bs, pb, Options{Certificate: certB, OnSecured: tell})
	for range 2 {
		if kind := await(t, secured); kind != "DTLS AES-128" {
			t.Errorf("secured: %s", kind)
		}
	}
}
