package main

import (
	"context"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/test/wait"
)

func TestMessage(t *testing.T) {
	raw := "INVITE sip:2041@127.0.0.1:5060 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:4444;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP 10.0.0.1\r\n" +
		"f: <sip:a@b>;tag=1\r\nTo: <sip:2041@b>\r\ni: 17@bench\r\nCSeq: 7 INVITE\r\nm: \"A\" <sip:a@127.0.0.1:4444;ob>;expires=60\r\n\r\n" +
		"v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"
	m, ok := parse([]byte(raw), time.Now(), stampedLoopback(t).addr())
	if !ok || m.method() != "INVITE" || m.status() != 0 || m.get("call-id") != "17@bench" || m.contact() != "sip:a@127.0.0.1:4444;ob" {
		t.Fatalf("read %+v", m)
	}
	if to, ok := m.audioAddr(); !ok || to.String() != "127.0.0.1:4000" {
		t.Errorf("audio at %v", to)
	}
	answer, ok := parse(m.answer(180, "Ringing", "x", "Contact: <sip:2041@127.0.0.1>"), m.at, m.from)
	if !ok || answer.status() != 180 || answer.method() != "INVITE" || len(answer.header["via"]) != 2 || !strings.HasSuffix(answer.get("to"), ";tag=x") {
		t.Errorf("answered %+v", answer)
	}
	if _, ok := parse([]byte("\r\n"), m.at, m.from); ok {
		t.Error("a keep-alive is not a message")
	}
}

func stampedLoopback(t *testing.T) stamped {
	t.Helper()
	s, err := listenStamped(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestArrivalIsTheKernels: a packet that waited in the socket has its time of arrival and not the time when it was
// read. The kernel starts to stamp a moment after the first request on the machine, so the first packets may have a
// later time.
func TestArrivalIsTheKernels(t *testing.T) {
	s := stampedLoopback(t)
	from, err := net.Dial("udp4", s.addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for end := time.Now().Add(wait.Patience); ; {
		before := time.Now()
		if _, err := from.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		<-time.After(20 * time.Millisecond) // the packet waits to be read
		_, at, _, err := s.next(make([]byte, 10), make([]byte, 256))
		if err != nil {
			t.Fatal(err)
		}
		if at.After(before) && at.Before(before.Add(10*time.Millisecond)) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("sent at %v, came at %v", before, at)
		}
	}
}

// TestPeer lets the peer call another socket, which answers like a phone.
func TestPeer(t *testing.T) {
	p, err := listenPeer(0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	phone := stampedLoopback(t)
	buf, control := make([]byte, 2000), make([]byte, 256)
	next := func(method string) message {
		t.Helper()
		phone.SetReadDeadline(time.Now().Add(wait.Patience))
		n, at, from, err := phone.next(buf, control)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := parse(buf[:n], at, from)
		if !ok || m.method() != method {
			t.Fatalf("instead of %s came %q", method, buf[:n])
		}
		return m
	}
	register := "REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\n" +
		"Contact: <sip:2041@" + phone.addr().String() + ">\r\nExpires: 60\r\n\r\n"
	before := time.Now()
	if _, err := phone.WriteToUDPAddrPort([]byte(register), p.sock.addr()); err != nil {
		t.Fatal(err)
	}
	if ok := next("REGISTER"); ok.status() != 200 || !strings.Contains(ok.get("contact"), "expires=60") {
		t.Fatalf("registered with %+v", ok)
	}
	ctx, cancel := context.WithTimeout(t.Context(), wait.Patience)
	defer cancel()
	if _, err := p.registered(ctx, before); err != nil {
		t.Fatal(err)
	}

	c := p.ring("+14155550132", "Dana", phone.addr())
	invite := next("INVITE")
	answer := func(m message, code int, reason string) {
		if _, err := phone.WriteToUDPAddrPort(m.answer(code, reason, "phone", "Contact: <sip:2041@"+phone.addr().String()+";x>"), m.from); err != nil {
			t.Fatal(err)
		}
	}
	answer(invite, 100, "Trying")
	answer(invite, 180, "Ringing")
	if m, err := c.until(ctx, "INVITE", 180); err != nil || m.status() != 180 || m.at.Before(c.sent) {
		t.Fatalf("%+v, %v", m, err)
	}
	answer(invite, 200, "OK")
	ok, err := c.until(ctx, "INVITE", 200)
	if err != nil {
		t.Fatal(err)
	}
	c.ack(ok)
	if ack := next("ACK"); !strings.HasSuffix(ack.start, ";x SIP/2.0") || !strings.Contains(ack.get("to"), "tag=phone") {
		t.Errorf("the ACK is %q to %s", ack.start, ack.get("to"))
	}
	done := make(chan error, 1)
	go func() {
		_, err := c.bye(ctx)
		done <- err
	}()
	bye := next("BYE")
	if bye.get("cseq") != "2 BYE" {
		t.Errorf("the BYE is %+v", bye)
	}
	answer(bye, 200, "OK")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRows(t *testing.T) {
	r := &row{name: "x", unit: "ms", most: 3}
	if got := r.result(); got != "not measured" {
		t.Error(got)
	}
	if met, aimed := r.met(); met || !aimed {
		t.Error("a figure without values does not meet its aim")
	}
	for _, v := range []float64{2.5, 2.25, 9} {
		r.add(v)
	}
	if got := r.result(); got != "2.50 ms (2.25–9.00)" {
		t.Error(got)
	}
	if met, _ := r.met(); !met {
		t.Error("2.5 is at most 3")
	}
	none := &row{exact: true, values: []float64{0, 0}}
	if met, aimed := none.met(); !met || !aimed || none.aimText() != "0" {
		t.Error("zero failures must meet the aim of zero")
	}
	if none.add(1); none.median() != 0 {
		t.Fatal("the median of 0, 0, 1")
	}
	if met, _ := none.met(); met {
		t.Error("one failed in one run of three")
	}
	table := tabulate(cells([]*row{r, {name: "longer", aim: "flat"}}))
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) != 4 || !strings.Contains(lines[2], "| ≤ 3 ms | met ") || !strings.Contains(lines[3], "not measured") {
		t.Errorf("the table is\n%s", table)
	}
}

// TestReport: figures that are measured later replace those with the same name; the others stay.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docs", "report.md")
	first := []*row{{name: "a", unit: "ms", values: []float64{1}}, {name: "b", unit: "ms", values: []float64{2}}}
	if err := writeReport(path, first); err != nil {
		t.Fatal(err)
	}
	if err := writeReport(path, []*row{{name: "b", unit: "ms", values: []float64{3}}, {name: "c", unit: "ms", values: []float64{4}}}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range readTable(string(text)) {
		got = append(got, line[0]+" "+line[1])
	}
	want := []string{"a 1.00 ms (1.00–1.00)", "b 3.00 ms (3.00–3.00)", "c 4.00 ms (4.00–4.00)"}
	if !slices.Equal(got, want) {
		t.Errorf("the report has %q", got)
	}
}

func TestPercentile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		p      float64
		want   float64
	}{{nil, 0.5, 0}, {[]float64{7}, 0.99, 7}, {[]float64{3, 1, 2}, 0.5, 2}, {[]float64{5, 4, 3, 2, 1}, 1, 5}} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("%v at %g: %g", c.values, c.p, got)
		}
	}
}

// TestProcessorTime: a process that works for a known time shows this time, and the memory that it has touched.
func TestProcessorTime(t *testing.T) {
	cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo; read x")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	u, err := measure(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	cmd.Wait()
	spent := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if math.Abs((u.cpu-spent).Seconds()) > 0.05 || u.cpu == 0 || u.pss <= 0 || u.anon <= 0 || u.anon > 10 {
		t.Errorf("measured %+v, the process spent %v", u, spent)
	}
	if _, err := measure(os.Getpid() + 1<<22); err == nil {
		t.Error("a process that does not exist was measured")
	}
}

// A Task that was there before counts for nothing; one call without a Task and one with two are two faults.
func TestLostOrTwice(t *testing.T) {
	before := []demoorg.Task{{ID: "00T1", CallObject: "old"}}
	after := append(before, demoorg.Task{ID: "00T2", CallObject: "a"}, demoorg.Task{ID: "00T3", CallKey: "b"}, demoorg.Task{ID: "00T4"})
	if n := lostOrTwice(before, after, 2); n != 0 {
		t.Errorf("%d where all is well", n)
	}
	if n := lostOrTwice(before, append(after, demoorg.Task{ID: "00T5", CallObject: "a"}), 3); n != 2 {
		t.Errorf("%d, want 2", n)
	}
}
