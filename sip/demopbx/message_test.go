package demopbx_test

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// message is a SIP message, its headers by lower-case name.
type message struct {
	start   string
	headers map[string][]string
	body    string
}

func (m message) get(name string) string {
	if v := m.headers[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (m message) code() int {
	if !strings.HasPrefix(m.start, "SIP/2.0 ") {
		return 0
	}
	n, _ := strconv.Atoi(m.start[8:11])
	return n
}

func (m message) method() string {
	method, _, _ := strings.Cut(m.start, " ")
	return method
}

func (m message) tag(name string) string {
	_, tag, _ := strings.Cut(m.get(name), ";tag=")
	return tag
}

func readMessage(r *bufio.Reader) (message, error) {
	m := message{headers: map[string][]string{}}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return m, err
		}
		line = strings.TrimRight(line, "\r\n")
		if m.start == "" {
			m.start = line
			continue
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		m.headers[name] = append(m.headers[name], strings.TrimSpace(value))
	}
	n, _ := strconv.Atoi(m.get("Content-Length"))
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	m.body = string(body)
	return m, err
}
