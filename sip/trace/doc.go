// Package trace keeps the SIP messages of the last while, for support.
//
// What it gives away has no secrets in it ([Unkeyed]): no digest response, no SRTP key, no digit of a key that was pressed. What is given to others
// has no names and numbers either ([Export]).
package trace
