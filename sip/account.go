package sip

import "time"

// Account is what a registrar knows the agent by.
type Account struct {
	Server      string        // registrar: host or host:port
	User        string        // the extension: user part of the address of record
	AuthUser    string        // digest username when it differs from User
	Password    string        // never logged
	DisplayName string        // sent in From
	Transport   string        // "udp" (default), "tcp"
	Port        int           // signalling port of ours, UDP and TCP; 0 means any free one
	Proxy       string        // outbound proxy: host or host:port
	Expires     time.Duration // asked-for life of the binding; 0 means 5 minutes
	Lines       int           // calls at once; one more is told 486 Busy Here; 0 means 2
}
