// Package layout says what is written of a call: a named layout makes the fields of a Task or a Case from what the call
// knows.
//
// A [Layout] has the parts of the Subject, which spaces join, the lines of the Description, which are a text or
// "key: value", and further fields. Each of these is a [Value]: a text in which {number} stands for what the call knows
// by that name (see [Variables]), and {Reason} for a custom variable of the layout, which has a default and may be asked
// of the agent. "{{" is a brace. In a field of type picklist the text is one of the org's entries.
//
// What says nothing is left out: a part, a line or a field with variables that are all empty is not written.
//
// Rendering is a pure function of layout, call and the description of the object. What the org would not take is reported
// as a [Problem], with a code and values, and never fails the write: a value that does not fit its field becomes a line of
// the Description, so that no log is lost because of a layout.
package layout
