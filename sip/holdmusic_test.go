package sip_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/zaf/g711"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/sip/media"
	"linecard/test/interop"
)

// music is a second of a tone at 8 kHz.
func music(t *testing.T, hz float64) *media.Music {
	t.Helper()
	file := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x80\x3e\x00\x00")
	for i := range 8000 {
		file = binary.LittleEndian.AppendUint16(file, uint16(int16(8000*math.Sin(2*math.Pi*hz*float64(i)/8000))))
	}
	m, err := media.ReadMusic(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hears waits until a tone of that frequency comes, in 200 ms of sound.
func (r *rtpPeer) hears(what string, hz float64) {
	r.t.Helper()
	buf, end := make([]byte, 2000), time.Now().Add(patience)
	for time.Now().Before(end) {
		var re, im float64
		const packets, each = 10, 160
		for k := range packets {
			_ = r.conn.SetReadDeadline(end)
			n, _, err := r.conn.ReadFromUDP(buf)
			if err != nil || n != 12+each {
				break
			}
			for i, b := range buf[12:n] {
				v, turn := float64(g711.DecodeUlawFrame(b)), 2*math.Pi*hz*float64(k*each+i)/8000
				re, im = re+v*math.Cos(turn), im+v*math.Sin(turn)
			}
		}
		if level := 2 * math.Hypot(re, im) / packets / each; level > 7000 {
			return
		}
	}
	r.t.Errorf("%s: %g Hz is not heard", what, hz)
}

// TestMusicOnHoldForEachCall: two calls that are held at the same time both hear the music of their account, and another file counts at once.
func TestMusicOnHoldForEachCall(t *testing.T) {
	interop.Proves(t, "S3.4")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 3 })
	ph.must(ph.SetHoldMusic(map[string]*media.Music{"2041@" + p.Addr(): music(t, 500), "2041@elsewhere": music(t, 700)}))
	first, second := listenRTP(t), listenRTP(t)
	answer := func(m siptest.Message, r *rtpPeer, direction string) {
		p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(r.port, direction))
		p.Await("ACK")
	}
	_, err := ph.Dial("123")
	ph.must(err)
	answer(p.Await("INVITE sip:123@"), first, "sendrecv")
	next[sip.CallAnswered](ph)
	id, err := ph.Dial("124")
	ph.must(err)
	re := p.Await("INVITE sip:b@") // the first one is held for it
	invite := dialed(p, "124")
	answer(re, first, "recvonly")
	answer(invite, second, "sendrecv")
	next[sip.CallAnswered](ph)
	far := []*rtpPeer{first, second}
	far[0].hears("held for a call that is dialed", 500)
	ph.must(ph.Hold(id))
	answer(p.Await("INVITE sip:b@"), second, "recvonly")
	for _, r := range far {
		r.hears("held", 500)
	}
	ph.must(ph.SetHoldMusic(map[string]*media.Music{"2041@" + p.Addr(): music(t, 900)}))
	for _, r := range far {
		r.hears("held, with another file", 900)
	}
}
