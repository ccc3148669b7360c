package sip_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// The second ends meanwhile: the agent is back with the first when it could not go anywhere.
func TestConnectTheSecondEnds(t *testing.T) {
	s := twoUp(t, true, true)
	s.p.Reply(s.connects(), "202 Accepted", "")
	s.first.There()
	s.second.Bye()
	if e := next[sip.CallEnded](s.ph); e.ID != s.second.id || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	s.first.notify("481 Call Does Not Exist", "terminated;reason=noresource")
	s.fails()
	s.agrees("sendrecv")
	hold(s.ph, s.first.id, false)
}

// So it is where the second has ended, and nothing more is heard of the first.
func TestConnectTheSecondEndsAndTheFirstIsSilent(t *testing.T) {
	s := twoUp(t, false, true)
	s.p.Reply(s.connects(), "202 Accepted", "")
	s.first.notify("100 Trying", "active;expires=60")
	s.second.Bye()
	next[sip.CallEnded](s.ph)
	s.ph.forward(3 * time.Second) // not so far that the resume is not answered in time
	s.fails()
	s.agrees("sendrecv")
	hold(s.ph, s.first.id, false)
}

// The first ends meanwhile: the agent still talks to the second, unless that one hangs up, too, since the two have each other.
func TestConnectTheFirstEnds(t *testing.T) {
	for _, over := range []bool{false, true} {
		t.Run(fmt.Sprintf("gone over %v", over), func(t *testing.T) {
			sip.SetByePatience(t, time.Hour)
			s := twoUp(t, false, true)
			s.p.Reply(s.connects(), "202 Accepted", "")
			s.first.notify("100 Trying", "active;expires=60")
			s.first.Bye()
			if e := next[sip.CallEnded](s.ph); e.ID != s.first.id || e.Reason != sip.EndRemote {
				t.Errorf("ended %+v", e)
			}
			if _, heard := s.ph.Heard(); len(heard) != 1 || heard[0] != s.second.id {
				t.Errorf("the agent is heard in %v", heard)
			}
			if !over {
				return
			}
			s.second.Bye()
			if e := next[sip.CallTransfer](s.ph); !e.Done || e.ID != s.first.id || e.With != s.second.id {
				t.Errorf("transfer %+v", e)
			}
			if e := next[sip.CallEnded](s.ph); e.ID != s.second.id || e.Reason != sip.EndTransferred {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// Who is heard when the first has hung up for a while has not been joined with it, however soon the two say goodbye.
func TestConnectGivenUpByTheFirst(t *testing.T) {
	sip.SetByePatience(t, time.Hour)
	for _, talks := range []bool{false, true} {
		t.Run(fmt.Sprintf("talks on %v", talks), func(t *testing.T) {
			far, p := listenRTP(t), siptest.NewPeer(t)
			s := &pair{t: t, p: p, ph: newPhone(t, p)}
			s.first = up(p, s.ph, true)
			s.holds(s.first)
			c, id := ring(s.ph, p)
			s.ph.must(s.ph.Answer(id))
			port, _ := strconv.Atoi(audioPort.FindStringSubmatch(c.Answered().Body())[1])
			to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port))
			next[sip.CallAnswered](s.ph)
			s.second = party{c, id}
			before := s.hears(far, to, 0)
			s.p.Reply(s.connects(), "202 Accepted", "")
			s.first.notify("100 Trying", "active;expires=60")
			s.first.Bye()
			if e := next[sip.CallEnded](s.ph); e.ID != s.first.id || e.Reason != sip.EndRemote {
				t.Errorf("ended %+v", e)
			}
			want := sip.EndTransferred
			if talks {
				s.ph.forward(2 * time.Second)
				s.hears(far, to, before)
				want = sip.EndRemote
			}
			s.second.Bye()
			if e := next[sip.CallEnded](s.ph); e.ID != s.second.id || e.Reason != want {
				t.Errorf("ended %+v, want %s", e, want)
			}
		})
	}
}

// hears has the second be heard by the agent, and counts the packets that were sent; before is how many of them were before.
func (s *pair) hears(from *rtpPeer, to netip.AddrPort, before int) (sent int) {
	s.t.Helper()
	const unproven = 2 // the first ones, until their address is believed
	sent = before
	eventually(s.t, "the second is heard", func() bool {
		st, err := s.ph.Stats(s.second.id)
		came := int(st.PacketsReceived)
		if err == nil && came <= before {
			sent++
			data, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(sent), Timestamp: uint32(sent) * 160}, Payload: make([]byte, 160)}).Marshal()
			_, err = from.conn.WriteToUDPAddrPort(data, to)
		}
		return err == nil && came > before && came >= sent-unproven
	})
	return sent
}
