package app

import "linecard/sip"

// Names of package sip that a face of the desk compares with: a face imports app, and never sip.

// RegistrationState is where an account stands with its registrar.
type RegistrationState = sip.RegistrationState

// Certificate is what an account's server has proved itself with.
type Certificate = sip.Certificate

// Uninvited is an address that tried to call and was not answered.
type Uninvited = sip.Uninvited

// Messages is how many voice messages wait for an account.
type Messages = sip.Messages

// STUN is what is known of an account's STUN server.
type STUN = sip.STUN

// The registration states.
const (
	Unregistered = sip.Unregistered
	Registering  = sip.Registering
	Registered   = sip.Registered
	Unreachable  = sip.Unreachable
	Refused      = sip.Refused
)

// EndReason is why a call ended.
type EndReason = sip.EndReason

// ReadCallerID reads an entry of a list of caller IDs.
func ReadCallerID(entry string) (number, name string) { return sip.ReadCallerID(entry) }

// Withheld is the caller ID of nobody.
const Withheld = sip.Withheld

// Forward is where calls go that are not taken here.
type Forward = sip.Forward

// The reasons.
const (
	EndLocal             = sip.EndLocal
	EndRemote            = sip.EndRemote
	EndDeclined          = sip.EndDeclined
	EndCancelled         = sip.EndCancelled
	EndAnsweredElsewhere = sip.EndAnsweredElsewhere
	EndBusy              = sip.EndBusy
	EndNoAnswer          = sip.EndNoAnswer
	EndNotFound          = sip.EndNotFound
	EndFailed            = sip.EndFailed
	EndTransferred       = sip.EndTransferred
	EndForwarded         = sip.EndForwarded
)
