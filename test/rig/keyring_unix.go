//go:build unix

package rig

import "syscall"

// Hang has it answer nothing until Wake.
func (k *Keyring) Hang() { k.process.signal(syscall.SIGSTOP) }

// Wake ends Hang.
func (k *Keyring) Wake() { k.process.signal(syscall.SIGCONT) }
