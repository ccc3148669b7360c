//go:build !unix

package nodejs

// turn waits for nobody: where two processes install the same packages, the first that is done is used.
func turn(string) (end func(), err error) { return func() {}, nil }
