// Package locale keeps Fyne from complaining, on standard error and at every start, that "C.UTF-8" is no language: what
// servers and containers have as their locale. It tells that the language is English instead.
//
// Fyne looks at the environment while its packages initialise, before main. This package imports nothing but os, so it is
// initialised first: the Go specification's order takes the package that is ready and lowest by import path, and
// fyne.io/fyne/v2/lang becomes ready only after text/template.
package locale

import (
	"os"
)

func init() {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch v := os.Getenv(name); {
		case v == "":
			continue
		case len(v) > 2 && v[:2] == "C." && os.Getenv("LANGUAGE") == "":
			_ = os.Setenv("LANGUAGE", "en")
		}
		return
	}
}
