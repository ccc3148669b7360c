//go:build !unix

package media

import "syscall"

// markExpedited does nothing: Windows ignores IP_TOS and takes the marking from a Group Policy ("Policy-based QoS").
func markExpedited(string, string, syscall.RawConn) error { return nil }
