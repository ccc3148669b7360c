package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"linecard/test/certificates"
)

// securedTimes is how often a phone registers in a run.
const securedTimes = 20

// secured measures how long it takes by TLS from the phone's connection until it says that it is registered: the handshake, with the
// server's certificate proved by a CA file, a REGISTER that is challenged, and the one with the password.
func (b *bench) secured(ctx context.Context) ([]*row, error) {
	mid := &row{name: "TLS connection → registered, p50", unit: "ms", most: 15}
	slow := &row{name: "TLS connection → registered, most", unit: "ms"}
	for i := range b.runs {
		fmt.Fprintf(b.say, "  secured: run %d, load %s\n", i+1, load())
		took, err := b.registering(ctx)
		if err != nil {
			return []*row{mid, slow}, err
		}
		mid.add(percentile(took, 0.5))
		slow.add(percentile(took, 1))
	}
	return []*row{mid, slow}, nil
}

func (b *bench) registering(ctx context.Context) (took []float64, err error) {
	s, err := listenSecured()
	if err != nil {
		return nil, err
	}
	defer s.close()
	d, err := b.open(ctx, b.headless()) // with an account by UDP too, which is done before anything is measured
	if err != nil {
		return nil, err
	}
	defer d.close()
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("not registered within a minute"))
	defer cancel()
	for i := range securedTimes {
		args := map[string]string{ // another name is another account for the phone: it leaves, and comes by a new connection
			"server": s.addr(), "user": "2042", "password": "secret", "transport": "tls", "tls-ca": s.ca, "display-name": fmt.Sprintf("Agent %d", i),
		}
		if err := d.ask(ctx, "account-set", args, nil); err != nil {
			return nil, err
		}
		select {
		case began := <-s.registered:
			e, err := d.wait(ctx, began, func(e event) bool { return e.Event == "registration" && e.State == "registered" })
			if err != nil {
				return nil, err
			}
			took = append(took, e.read.Sub(began).Seconds()*1000)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return took, nil
}

// securedServer is a registrar by TLS that asks for the password, and takes any.
type securedServer struct {
	l          net.Listener
	dir, ca    string
	registered chan time.Time // when each connection was taken, told as its phone is registered
	serving    sync.WaitGroup
}

func listenSecured() (_ *securedServer, err error) {
	s := &securedServer{registered: make(chan time.Time, 100)}
	if s.dir, err = os.MkdirTemp("", "lcb-tls-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(s.dir)
		}
	}()
	ca, err := certificates.NewAuthority(s.dir, "Bench CA")
	if err != nil {
		return nil, err
	}
	s.ca = ca.CA
	cert, err := ca.Issue([]string{"127.0.0.1"})
	if err != nil {
		return nil, err
	}
	if s.l, err = tls.Listen("tcp", "127.0.0.1:0", cert.Server()); err != nil {
		return nil, err
	}
	s.serving.Go(s.accept)
	return s, nil
}

func (s *securedServer) addr() string { return s.l.Addr().String() }

func (s *securedServer) close() {
	_ = s.l.Close()
	s.serving.Wait()
	_ = os.RemoveAll(s.dir)
}

func (s *securedServer) accept() {
	for {
		c, err := s.l.Accept() // the handshake comes with the first read
		if err != nil {
			return
		}
		began := time.Now()
		go s.serve(c, began) // ends with the phone
	}
}

func (s *securedServer) serve(c net.Conn, began time.Time) {
	defer c.Close()
	from, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	in := bufio.NewReader(c)
	for told := false; ; {
		var text strings.Builder
		for !strings.HasSuffix(text.String(), "\r\n\r\n") {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if text.Len() > 0 || strings.TrimSpace(line) != "" { // a ping otherwise
				text.WriteString(line)
			}
		}
		m, ok := parse([]byte(text.String()), time.Now(), from)
		if !ok {
			return
		}
		if n, _ := strconv.Atoi(m.get("content-length")); n > 0 {
			if _, err := io.CopyN(io.Discard, in, int64(n)); err != nil {
				return
			}
		}
		switch {
		case m.status() != 0:
			continue
		case m.method() != "REGISTER":
			_, _ = c.Write(m.answer(200, "OK", "peer"))
			continue
		case m.get("authorization") == "":
			_, _ = c.Write(m.answer(401, "Unauthorized", "registrar", `WWW-Authenticate: Digest realm="bench", nonce="`+strconv.FormatInt(began.UnixNano(), 36)+`", algorithm=MD5, qop="auth"`))
			continue
		}
		leaves := strings.Contains(m.get("contact"), ";expires=0") || m.get("expires") == "0"
		if !leaves && !told {
			told = true
			s.registered <- began
		}
		_, _ = c.Write(m.answer(200, "OK", "registrar", "Expires: 300", fmt.Sprintf("Contact: <%s>;expires=300", m.contact())))
	}
}
