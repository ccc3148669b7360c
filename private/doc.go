// Package private makes folders that nobody but the user can read.
package private
