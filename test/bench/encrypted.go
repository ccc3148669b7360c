package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"sync"
	"time"

	"linecard/sip/encryption"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

const (
	encryptedTime  = 10 * time.Second // measured of each call
	encryptedShare = 10               // percent of a call's processor time
)

// encrypted measures the same call in clear, with SDES and with DTLS-SRTP: what share of its processor time is the encryption's. One phone
// has two calls of each kind in the order A B C C B A, so that what changes slowly on the machine affects all kinds alike. It has the null
// device: a sound server would cost more than is measured. The far end is a media.Session of this program for all of them.
func (b *bench) encrypted(ctx context.Context) ([]*row, error) {
	kinds := []struct {
		by    encryption.By // "" is in clear
		cpu   *row
		share *row // of encryption; nil in clear
	}{
		{"", &row{name: "PCMU call in clear, null device: processor time a minute", unit: "s"}, nil},
		{encryption.SDES, &row{name: "PCMU call with SDES, null device: processor time a minute", unit: "s"}, &row{name: "share of SDES's encryption in a call's processor time", unit: "%", most: encryptedShare, share: true}},
		{encryption.DTLS, &row{name: "PCMU call with DTLS-SRTP, null device: processor time a minute", unit: "s"}, &row{name: "share of DTLS-SRTP's encryption in a call's processor time", unit: "%", most: encryptedShare, share: true}},
	}
	var rows []*row
	for _, k := range kinds {
		rows = append(rows, k.cpu)
	}
	rows = append(rows, kinds[1].share, kinds[2].share)
	err := b.each(ctx, "encrypted", func(ctx context.Context) error {
		c := b.headless()
		c.env = append(c.env, "PULSE_SERVER=unix:/nonexistent")
		d, err := b.open(ctx, c)
		if err != nil {
			return err
		}
		defer d.close()
		used := make([]float64, len(kinds))
		for _, i := range []int{0, 1, 2, 2, 1, 0} {
			cpu, err := d.soundOf(ctx, kinds[i].by)
			if err != nil {
				return fmt.Errorf("%s: %w", kinds[i].cpu.name, err)
			}
			used[i] += cpu / 2
		}
		for i, k := range kinds {
			k.cpu.add(used[i])
			if k.share != nil {
				k.share.add(100 * (used[i] - used[0]) / used[i])
			}
		}
		return nil
	})
	return rows, err
}

// soundOf has a call with sound in both directions and returns the seconds of processor time that the phone uses for it in a minute.
func (d *desk) soundOf(ctx context.Context, by encryption.By) (float64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callSettle+encryptedTime+15*time.Second, errors.New("the call took too long"))
	defer cancel()
	far, err := listenFarEnd(by)
	if err != nil {
		return 0, err
	}
	defer far.close()
	c, _, err := d.answer(ctx, d.peer.invite(number(0), "", string(far.sdp.Offer(sdp.SendRecv))))
	if err != nil {
		return 0, err
	}
	if err := far.begin(c.ok.body); err != nil {
		return 0, err
	}
	if err := pause(ctx, callSettle); err != nil {
		return 0, err
	}
	if kind := far.session.Encryption(); (kind == "") != (by == "") {
		return 0, fmt.Errorf("the sound is encrypted by %q", kind)
	}
	heard, began := far.session.Stats().PacketsReceived, time.Now()
	before, err := cpuTime(d.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := pause(ctx, encryptedTime); err != nil {
		return 0, err
	}
	after, err := cpuTime(d.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	took, heard := time.Since(began), far.session.Stats().PacketsReceived-heard
	if due := int(took / (20 * time.Millisecond)); int(heard) < due*95/100 {
		return 0, fmt.Errorf("%d packets came of %d", heard, due)
	}
	sent, err := c.bye(ctx)
	if err != nil {
		return 0, err
	}
	_, err = d.wait(ctx, sent, func(e event) bool { return e.Event == "ended" })
	return (after - before).Seconds() / took.Minutes(), err
}

// farEnd is the other side's sound, encrypted or not. It speaks a tone, and hears.
type farEnd struct {
	sdp     *sdp.Session
	socket  *media.Socket
	cert    *media.Certificate
	session *media.Session
	over    chan struct{}
	driven  sync.WaitGroup
}

func listenFarEnd(by encryption.By) (*farEnd, error) {
	f := &farEnd{over: make(chan struct{})}
	c := sdp.Config{Encryption: sdp.EncryptionNever, Codecs: []sdp.Codec{sdp.PCMU}}
	if by != "" {
		c.Encryption, c.By = sdp.EncryptionRequired, by
	}
	if by == encryption.DTLS {
		cert, err := media.NewCertificate()
		if err != nil {
			return nil, err
		}
		f.cert, c.Fingerprint = cert, cert.Fingerprint()
	}
	socket, err := media.Listen(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0, 0)
	if err != nil {
		return nil, err
	}
	f.socket, c.Addr = socket, socket.Addr()
	f.sdp = sdp.New(c)
	return f, nil
}

// begin begins to speak by the phone's answer.
func (f *farEnd) begin(answer string) error {
	m, err := f.sdp.ReadAnswer([]byte(answer))
	if err != nil {
		return err
	}
	if f.session, err = media.NewSession(f.socket, media.Params{Media: m}, media.Options{Certificate: f.cert}); err != nil {
		return err
	}
	f.driven.Go(f.drive)
	return nil
}

// drive is the far end's sound card.
func (f *farEnd) drive() {
	tone, heard := make([]int16, media.BlockSize), make([]int16, media.BlockSize)
	for i := range tone { // 500 Hz: five waves in a block
		tone[i] = int16(8000 * math.Sin(2*math.Pi*500*float64(i)/media.SampleRate))
	}
	spoken := slices.Clone(tone)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-f.over:
			return
		case <-tick.C:
		}
		copy(spoken, tone)
		f.session.WriteMicrophone(spoken)
		f.session.ReadSpeaker(heard)
	}
}

func (f *farEnd) close() {
	close(f.over)
	f.driven.Wait()
	if f.session != nil {
		_ = f.session.Close() // and its socket
		return
	}
	_ = f.socket.Close()
}
