package catalogue_test

import (
	"strings"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// What the agent reads of the phone, with values as package sip gives them and as they come back from the disk.
func TestPhoneSentences(t *testing.T) {
	sentences := []said{
		{fault.New("sip.account.no-user"), "The account has no user. Enter the extension in Settings > Phone."},
		{fault.New("sip.account.transport", "transport", "sctp"), "The transport sctp is not known. Choose udp, tcp or tls in Settings > Phone."},
		{fault.New("sip.account.encryption", "encryption", "always"), "The encryption always is not known. Choose never, offered, preferred or required in Settings > Phone."},
		{fault.New("sip.account.encryption-by", "by", "zrtp"), "The keys of encryption zrtp are not known. Choose both, sdes or dtls in Settings > Phone."},
		{fault.New("sip.account.stun", "address", "a b"), "The STUN server a b is not an address. Enter its name in Settings > Phone, with a port if needed: stun.example.com or stun.example.com:3478."},
		{fault.New("sip.account.ice", "ice", "lite"), "The setting lite for ICE is not known. Choose answer, offer or never in Settings > Phone."},
		{fault.New("sip.stun.silent", "server", "stun.example.com"), "The STUN server stun.example.com does not answer. Calls go on with this computer's own address and may be without sound behind a router. Ask your phone administrator for another one, or empty STUN server in Settings > Phone."},
		{fault.New("sip.stun.name", "server", "stun.example.com"), "The STUN server stun.example.com was not found. Calls go on with this computer's own address and may be without sound behind a router. Check its name, or empty STUN server in Settings > Phone."},
		{fault.New("sip.account.characters"), "The account contains characters that cannot be used. Enter it again in Settings > Phone."},
		{fault.New("sip.account.server-characters"), "The server name contains characters that a name cannot have. Check it in Settings > Phone."},
		{fault.New("sip.account.server", "address", "pbx:5060:1"), "The server pbx:5060:1 is not an address. Enter its name, with a port if needed: pbx.example.com or pbx.example.com:5060."},
		{fault.New("sip.account.proxy", "address", "pbx:5060:1"), "The proxy pbx:5060:1 is not an address. Enter its name, with a port if needed: pbx.example.com or pbx.example.com:5060."},
		{fault.New("sip.account.port", "port", 70000), "The port 70000 is not valid. Choose one from 1 to 65535 in Settings > Phone, or leave it empty."},
		{fault.New("sip.account.twice", "account", "2041@pbx.example.com"), "The account 2041@pbx.example.com exists twice. Remove one of the two in Settings > Phone."},
		{fault.New("sip.caller-id-unknown", "number", "4155", "numbers", []string{"+14155550100", "withheld"}), "4155 is not a caller ID of this account. Choose one of +14155550100, withheld, or add it in Settings > Phone."},
		{fault.New("sip.caller-id-none", "number", "4155"), "4155 is not a caller ID of this account, which has none. Add it in Settings > Phone."},
		{fault.New("sip.closed"), "The phone is switched off."},
		{fault.New("sip.no-call"), "That call is over."},
		{fault.New("sip.no-account"), "No phone account is set. Enter one in Settings > Phone."},
		{fault.New("sip.unknown-account", "account", "2041@pbx.example.com"), "There is no phone account 2041@pbx.example.com."},
		{fault.New("sip.no-line"), "Every line is in use. Hang up a call first."},
		{fault.New("sip.no-number"), "There is no number to call."},
		{fault.New("sip.bad-number"), "That cannot be called. Use digits with +, * and #, or an extension's name without blanks."},
		{fault.New("sip.long-number"), "That is too long for a number. Use 100 characters at most."},
		{fault.New("sip.secure-call"), "A sips: address asks for TLS on the whole way, and this account reaches its phone server without it. Set the account's transport to TLS, or type only the number."},
		{fault.New("sip.other-server", "server", "pbx.example.com"), "Calls go through pbx.example.com only. Type the number without @ and the text after it."},
		{fault.New("sip.not-ringing"), "That call no longer rings."},
		{fault.New("sip.not-talking"), "That call has not been answered yet."},
		{fault.New("sip.no-audio-port"), "No network port for audio is free. Close other calls and try again."},
		{fault.New("sip.no-codec"), "The caller's phone has no audio format in common with this one."},
		{fault.New("sip.bad-digits"), "Only 0-9, *, # and A-D can be sent as keys."},
		{fault.New("sip.transfer-under-way"), "A transfer of that call is already in progress."},
		{fault.New("sip.consult-under-way"), "You are consulting somebody about that call already. Complete or cancel that first."},
		{fault.New("sip.no-consultation"), "Nobody is being consulted about a call. Consult somebody first."},
		{fault.New("sip.bad-code"), "A code has digits, letters, *, # and + only, such as *45. Correct it in Settings > Phone, or with linecard settings."},
		{fault.New("sip.many-codes"), "Several codes are being called. Try again in a moment."},
		{fault.New("sip.code-unanswered", "code", "*45"), "The phone server did not answer the code *45. Ask your phone admin whether it is right."},
		{fault.New("sip.code-refused", "code", "*45", "why", fault.New("sip.ended.not-found", "number", "*45")), "The phone server did not take the code *45: The number *45 does not exist. If it stays so, ask your phone admin for the right code."},
		{fault.New("sip.no-pickup"), "The phone server does not tell enough of that call for it to be picked up. Ask your phone admin for the code that picks up a call, and set it: linecard account set --pickup-code."},
		{fault.New("sip.not-referred"), "The other side of that call has not asked for a transfer."},
		{fault.New("sip.referred.refused", "target", "2042"), "You stay on this call; 2042 is not called."},
		{fault.New("sip.fault"), "Linecard could not do that because of an internal error, and ended the call. Its log has the details."},
		{fault.New("sip.not-registered", "server", "pbx.example.com"), "The phone is not registered with pbx.example.com yet. Try again in a moment."},
		{fault.New("sip.encryption-lost"), "This call is no longer encrypted: the other side has changed it. Set the account to encrypted calls only to have such calls refused."},
		{fault.New("sip.resume-refused"), "The other side did not take the call off hold. Try again."},
		{fault.New("sip.keys-refused", "keys", "12#"), "The other side takes no keys, so 12# was not sent."},
		{fault.New("sip.keys-on-hold", "keys", "12#"), "The call is on hold, here or on the other side, so 12# was not sent. Try again once it is off hold."},
		{fault.New("sip.keys-no-events", "keys", "12#"), "The other side takes no keys by RTP, so 12# was not sent. Choose another way for keys in Settings > Phone."},
		{fault.New("sip.keys-no-tones", "keys", "12#"), "The sound of this call carries no tones, so 12# was not sent. Ask your phone administrator to allow PCMU or PCMA, or choose another way for keys in Settings > Phone."},
		{fault.New("sip.keys-too-many", "keys", "12#"), "Too many keys are waiting to be sent, so 12# was not. Press them again in a moment."},
		{fault.New("sip.keys-unanswered", "keys", "12#"), "The other side did not confirm the keys, so 12# may not have arrived."},
		{fault.New("sip.resuming"), "Resuming. The other side has not answered yet."},
		{fault.New("sip.ended.silent"), "The phone server did not answer. Check the network and try again."},
		{fault.New("sip.ended.unreachable"), "The phone server could not be reached. Check the network and try again."},
		{fault.New("sip.ended.unacknowledged"), "The caller's phone did not confirm that the call rang or was answered, so it was ended. Call back; if it happens again, ask your phone administrator whether messages to the phone server get lost."},
		{fault.New("sip.ended.lost"), "The connection to the other side was lost."},
		{fault.New("sip.ended.moved-here", "number", "2042"), "This computer got another network address while 2042 was being called, so no answer could arrive. Call again."},
		{fault.New("sip.ended.failed"), "Linecard ended the call because of an internal error. Its log has the details."},
		{fault.New("sip.ended.not-found", "number", "+14155550132"), "The number +14155550132 does not exist."},
		{fault.New("sip.ended.busy", "number", "+14155550132"), "+14155550132 is busy."},
		{fault.New("sip.ended.no-answer", "number", "+14155550132"), "+14155550132 did not answer."},
		{fault.New("sip.ended.declined", "number", "+14155550132"), "+14155550132 declined the call."},
		{fault.New("sip.ended.trunks-busy"), "All outside lines are busy. Try again in a moment."},
		{fault.New("sip.ended.password"), "The phone server refused the password for this call. Check it in Settings > Phone."},
		{fault.New("sip.ended.challenge"), "The phone server asks for the password for this call in a way that Linecard does not know. Ask your phone administrator to allow Digest with MD5 or SHA-256."},
		{fault.New("sip.ended.foreign-challenge", "number", "2042"), "The call to 2042 was refused with a request for the password that does not come from the phone server, so Linecard did not answer it. If such calls should work, ask your phone administrator."},
		{fault.New("sip.ended.not-allowed", "number", "+14155550132"), "The phone server does not allow calls to +14155550132 from here. Ask your phone administrator."},
		{fault.New("sip.ended.no-codec", "number", "+14155550132"), "+14155550132 and this phone have no audio format in common, or +14155550132 takes encrypted calls only. Ask your phone administrator to allow PCMU or PCMA, without encryption."},
		{fault.New("sip.ended.encrypted", "number", "+14155550132"), "+14155550132 takes only calls that are encrypted in a way that this phone does not know. Ask your phone administrator for SRTP with SDES keys or with DTLS."},
		{fault.New("sip.ended.encrypted-answer"), "The other side encrypts in a way that this phone does not know. Ask your phone administrator for SRTP with SDES keys or with DTLS."},
		{fault.New("sip.ended.encrypted-caller"), "The call was encrypted in a way that this phone does not know. Ask your phone administrator for SRTP with SDES keys or with DTLS."},
		{fault.New("sip.ended.encryption-off", "number", "+14155550132"), "+14155550132 takes encrypted calls only, and encryption is off for this account. Turn it on in Settings > Phone."},
		{fault.New("sip.ended.encryption-off-caller"), "The call was encrypted, and encryption is off for this account. Turn it on in Settings > Phone."},
		{fault.New("sip.ended.clear", "number", "+14155550132"), "+14155550132 did not take an encrypted call, and this account makes no others. Ask your phone administrator to turn on SRTP for it, or choose another encryption in Settings > Phone."},
		{fault.New("sip.ended.clear-answer"), "The other side does not encrypt, which this account requires. Ask your phone administrator to turn on SRTP, or choose another encryption in Settings > Phone."},
		{fault.New("sip.ended.clear-caller"), "The call was not encrypted, which this account requires. Ask your phone administrator to turn on SRTP, or choose another encryption in Settings > Phone."},
		{fault.New("sip.ended.fingerprint"), "The call was ended because the other side showed another certificate than the one agreed on: somebody may be listening in. Call again, and tell your phone administrator if it happens again."},
		{fault.New("sip.ended.handshake"), "The call was ended because no keys to encrypt it were agreed on with the other side. Ask your phone administrator whether DTLS-SRTP works there, or choose other keys of encryption in Settings > Phone."},
		{fault.New("sip.ended.no-audio-caller"), "The call had no audio."},
		{fault.New("sip.ended.no-audio-answer"), "The other side answered without audio that this phone can take. Call again; if it happens again, tell your phone administrator."},
		{fault.New("sip.ended.unreadable-answer"), "The other side answered with a description of its audio that cannot be read. Call again; if it happens again, tell your phone administrator."},
		{fault.New("sip.ended.unreadable-caller"), "The call came with a description of its audio that cannot be read. Tell your phone administrator who called and when."},
		{fault.New("sip.ended.requires-caller", "what", "gruu, precondition"), "The call required what this phone does not have (gruu, precondition). Ask your phone administrator to turn that off for this phone."},
		{fault.New("sip.ended.content-caller", "what", "text/html"), "The call came with content that this phone does not read (text/html). Ask your phone administrator to send this phone calls with a plain description of their audio (application/sdp) alone."},
		{fault.New("sip.ended.nameless-caller"), "The call came with content that does not say of what kind it is. Ask your phone administrator to send this phone calls with a plain description of their audio (application/sdp) alone."},
		{fault.New("sip.ended.accept-caller"), "The caller's side takes no description of audio (application/sdp) in answer. Ask your phone administrator to allow it."},
		{fault.New("sip.ended.sips-caller"), "The call asked for encryption on its whole way (sips:), and this account does not use TLS. Choose TLS in Settings > Phone, or ask your phone administrator to call this phone by sip: addresses."},
		{fault.New("sip.ended.no-codec-answer"), "The other side has no audio format in common with this phone. Ask your phone administrator to allow PCMU or PCMA."},
		{fault.New("sip.ended.no-codec-caller"), "The caller's phone has no audio format in common with this phone. Ask your phone administrator to allow PCMU or PCMA."},
		{fault.New("sip.ended.unsupported"), "The phone server asks for something this phone cannot do. Ask your phone administrator."},
		{fault.New("sip.ended.required", "number", "2042", "options", "precondition, sec-agree"), "The call to 2042 is taken only with extensions of SIP that were not agreed on: precondition, sec-agree. Ask your phone administrator to do without."},
		{fault.New("sip.ended.unknown-extension", "number", "2042", "options", "replaces"), "The call to 2042 needs extensions of SIP that the other side does not know: replaces. Ask your phone administrator to allow them."},
		{fault.New("sip.ended.loop", "number", "+14155550132"), "The call to +14155550132 was forwarded in a loop. Ask your phone administrator to check the forwarding."},
		{fault.New("sip.ended.unavailable"), "The phone server cannot take calls just now. Try again in a moment."},
		{fault.New("sip.ended.moved", "number", "+14155550132"), "+14155550132 has moved to another address, which the phone server did not follow."},
		{fault.New("sip.ended.server-problem", "status", 503), "The phone server had a problem with the call (503). Try again in a moment."},
		{fault.New("sip.ended.refused", "number", "+14155550132", "status", 503), "The call to +14155550132 was refused (503)."},
		{fault.New("sip.ended.audio"), "The audio of the call could not be started."},
		{fault.New("sip.ended.lines-in-use"), "Every line was in use."},
		{fault.New("sip.ended.forwarded", "number", "2060"), "The call was forwarded to 2060."},
		{fault.New("sip.ended.do-not-disturb"), "Do not disturb was on."},
		{fault.New("sip.ended.left"), "The phone account was changed or unregistered while the call rang."},
		{fault.New("sip.several-numbers", "numbers", []string{"+14155550132", "+14155550188"}), "There are several numbers in that: +14155550132, +14155550188. Give one of them."},
		{fault.New("sip.number-elsewhere"), "That number can be called only where it comes from. Type it with its country and area code."},
		{fault.New("sip.keys-not-sent", "keys", "12"), "The keys 12 could not be sent. Press them on the keypad."},
		{fault.New("sip.transfer-with-keys"), "A call can't be transferred to a number with an extension after it. Give the number alone."},
		{fault.New("sip.several-numbers", "numbers", []string{"+14155550132", "+14155550133"}), "There are several numbers in that: +14155550132, +14155550133. Give one of them."},
		{fault.New("sip.transfer.busy", "target", "2042"), "2042 is busy. The call is still here."},
		{fault.New("sip.transfer.not-found", "target", "2042"), "The number 2042 does not exist. The call is still here."},
		{fault.New("sip.transfer.no-answer", "target", "2042"), "2042 did not answer. The call is still here."},
		{fault.New("sip.transfer.declined", "target", "2042"), "2042 declined. The call is still here."},
		{fault.New("sip.transfer.not-allowed"), "The phone server does not allow this transfer. The call is still here."},
		{fault.New("sip.conference.no-room"), "This account has no conference room. Ask your phone admin for its number, and enter it in Settings > Phone > Conference room."},
		{fault.New("sip.conference.too-few"), "A conference takes two calls that are connected. Call or answer the second one first."},
		{fault.New("sip.conference.servers"), "These calls are at different phone servers, so they can't meet in one conference room. Call one of them from the other's account."},
		{fault.New("sip.conference.under-way"), "The conference room is being called already. Wait for it to answer, or hang up that call."},
		{fault.New("sip.conference.is-room"), "That call is the one to the conference room. Name the calls that you want there."},
		{fault.New("sip.conference.room-busy", "room", "3041"), "The conference room 3041 is busy or full. Your calls are still here; try again in a moment, or ask your phone admin for another room."},
		{fault.New("sip.conference.room-not-found", "room", "3041"), "The phone server has no conference room 3041. Your calls are still here; correct it in Settings > Phone > Conference room."},
		{fault.New("sip.conference.room-refused", "room", "3041"), "The phone server does not let you into the conference room 3041. Your calls are still here; ask your phone admin to allow it."},
		{fault.New("sip.conference.room-failed", "room", "3041"), "The conference room 3041 could not be reached. Your calls are still here; try again in a moment."},
		{fault.New("sip.conference.not-gone", "room", "3041"), "This call could not be sent to the conference room 3041. It is on hold here: join it again, or resume it."},
		{fault.New("sip.conference.not-allowed", "room", "3041"), "The phone server does not allow calls to be sent to the conference room 3041. This one is on hold here; ask your phone admin to allow transfers to that number."},
		{fault.New("sip.conference.other-gone"), "The other call ended or went elsewhere first, so there is no conference. This call is still here."},
		{fault.New("sip.conference.over"), "The conference ended before this call was in it. It is on hold here: resume it to talk."},
		{fault.New("sip.conference.alone", "room", "3041"), "The conference ended while this call was on its way to the room 3041, where it would be alone. Resume it to talk if it is still here; otherwise call back."},
		{fault.New("sip.conference.unheard", "room", "3041"), "The phone server has not said whether this call is in the conference room 3041. Resume it to talk if it is still here, or hang it up."},
		{fault.New("sip.transfer.failed", "target", "2042"), "The transfer to 2042 did not work. The call is still here."},
		{fault.New("sip.registration.name", "server", "pbx.example.com"), "Can't find the phone server pbx.example.com, trying again. Check its name in Settings > Phone, and the network."},
		{fault.New("sip.registration.name.later", "server", "pbx.example.com", "wait", 90*time.Second), "Can't find the phone server pbx.example.com, trying again in 1 minute 30 seconds. Check its name in Settings > Phone, and the network."},
		{fault.New("sip.registration.transport", "server", "example.com", "transport", "UDP", "offers", []string{"TCP", "TLS"}), "The name service knows example.com by TCP and TLS only, not by UDP; trying again. Choose the transport in Settings > Phone."},
		{fault.New("sip.registration.transport.later", "server", "example.com", "transport", "UDP", "offers", []string{"TLS"}, "wait", 90*time.Second), "The name service knows example.com by TLS only, not by UDP; trying again in 1 minute 30 seconds. Choose the transport in Settings > Phone."},
		{fault.New("sip.registration.silent", "server", "pbx.example.com"), "Can't reach pbx.example.com: no answer, trying again. Check the server in Settings > Phone, and the network."},
		{fault.New("sip.registration.silent.later", "server", "pbx.example.com", "wait", 90*time.Second), "Can't reach pbx.example.com: no answer, trying again in 1 minute 30 seconds. Check the server in Settings > Phone, and the network."},
		{fault.New("sip.registration.no-connection", "server", "pbx.example.com"), "Can't reach pbx.example.com: no connection, trying again. Check the server in Settings > Phone, and the network."},
		{fault.New("sip.registration.no-connection.later", "server", "pbx.example.com", "wait", 90*time.Second), "Can't reach pbx.example.com: no connection, trying again in 1 minute 30 seconds. Check the server in Settings > Phone, and the network."},
		{fault.New("sip.registration.challenge", "user", "2041"), "The phone server asks for the password of 2041 in a way that Linecard does not know. Ask your phone administrator to allow Digest with MD5 or SHA-256."},
		{fault.New("sip.registration.password", "user", "2041"), "The phone server refused the password for 2041. Check it in Settings > Phone."},
		{fault.New("sip.registration.unknown-user", "user", "2041"), "The phone server does not know the extension 2041. Check it in Settings > Phone."},
		{fault.New("sip.registration.forbidden", "user", "2041"), "The phone server does not let 2041 register from here; it did not ask for the password. Ask your phone administrator whether the extension and this network are allowed."},
		{fault.New("sip.registration.required", "user", "2041", "options", "outbound"), "The phone server registers 2041 only with extensions of SIP that were not agreed on: outbound; trying again. Ask your phone administrator to do without."},
		{fault.New("sip.registration.required.later", "user", "2041", "options", "outbound", "wait", 90*time.Second), "The phone server registers 2041 only with extensions of SIP that were not agreed on: outbound; trying again in 1 minute 30 seconds. Ask your phone administrator to do without."},
		{fault.New("sip.registration.unknown-extension", "user", "2041", "options", "path"), "The phone server does not know extensions of SIP that it was asked for 2041 with: path; trying again. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.unknown-extension.later", "user", "2041", "options", "path", "wait", 90*time.Second), "The phone server does not know extensions of SIP that it was asked for 2041 with: path; trying again in 1 minute 30 seconds. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.refused", "user", "2041", "status", 606), "The phone server refused to register 2041 (SIP status 606), trying again. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.refused.later", "user", "2041", "status", 606, "wait", 90*time.Second), "The phone server refused to register 2041 (SIP status 606), trying again in 1 minute 30 seconds. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.no-binding", "user", "2041"), "The phone server accepted 2041 but did not keep this phone's address, trying again. Ask your phone administrator whether another device is registered in its place."},
		{fault.New("sip.registration.no-binding.later", "user", "2041", "wait", 90*time.Second), "The phone server accepted 2041 but did not keep this phone's address, trying again in 1 minute 30 seconds. Ask your phone administrator whether another device is registered in its place."},
		{fault.New("sip.registration.server-problem", "status", 503), "The phone server has a problem (SIP status 503), trying again. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.server-problem.later", "status", 503, "wait", 90*time.Second), "The phone server has a problem (SIP status 503), trying again in 1 minute 30 seconds. If it lasts, tell your phone administrator."},
		{fault.New("sip.registration.brief", "user", "2041", "life", time.Second), "The phone server keeps 2041 registered for 1 second at a time, which is too short, so calls may not ring. Ask your phone administrator to allow a minute at least."},
		{fault.New("sip.tls.unknown-issuer", "server", "pbx.example.com", "issuer", "Example CA"), "pbx.example.com shows a certificate from Example CA, which this computer does not know, so the password was not sent. Ask your phone administrator for the file of that CA, and enter it as CA file in Settings > Phone."},
		{fault.New("sip.tls.self-signed", "server", "pbx.example.com"), "pbx.example.com shows a certificate that it made itself, so the password was not sent. Ask your phone administrator for that certificate as a file, and enter it as CA file in Settings > Phone."},
		{fault.New("sip.tls.other-name", "server", "pbx.example.com", "name", "pbx.example.com", "names", []string{"a.example.net", "192.0.2.1"}), "pbx.example.com shows a certificate for a.example.net, 192.0.2.1, not for pbx.example.com, so the password was not sent. Check the server's name in Settings > Phone; if it is right, tell your phone administrator."},
		{fault.New("sip.tls.expired", "server", "pbx.example.com", "at", time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)), "The certificate of pbx.example.com ended on 4 Mar 2026, so the password was not sent. Check the date of this computer; if it is right, ask your phone administrator to renew the certificate."},
		{fault.New("sip.tls.early", "server", "pbx.example.com", "at", time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)), "The certificate of pbx.example.com is valid from 4 Mar 2026 only, so the password was not sent. Check the date of this computer; if it is right, tell your phone administrator."},
		{fault.New("sip.tls.bad", "server", "pbx.example.com"), "The certificate of pbx.example.com can't be used, so the password was not sent. Tell your phone administrator; the log says what is wrong with it."},
		{fault.New("sip.tls.client-wanted", "server", "pbx.example.com"), "pbx.example.com asks for a certificate of this phone. Ask your phone administrator for one, and enter it as client certificate in Settings > Phone."},
		{fault.New("sip.tls.client-refused", "server", "pbx.example.com"), "pbx.example.com does not accept the certificate of this phone. Ask your phone administrator for another one, and enter it as client certificate in Settings > Phone."},
		{fault.New("sip.tls.none", "server", "pbx.example.com"), "pbx.example.com does not answer with TLS, trying again. Check the server and its port in Settings > Phone; 5061 is usual for TLS."},
		{fault.New("sip.tls.version", "server", "pbx.example.com"), "pbx.example.com has no encryption in common with this phone. Ask your phone administrator to allow TLS 1.2 or 1.3."},
		{fault.New("sip.tls.ca-file", "file", "/etc/ssl/pbx.pem"), "The CA file /etc/ssl/pbx.pem has no certificate that can be read. Enter a PEM file in Settings > Phone."},
		{fault.New("sip.tls.client-file", "file", "/etc/ssl/phone.pem"), "The client certificate /etc/ssl/phone.pem and its key can't be read together. Enter PEM files of the two in Settings > Phone; the key must have no password."},
		{fault.New("sip.account.tls-key"), "The account has the key of a certificate, but no certificate. Choose the client certificate too in Settings > Phone."},
		{fault.New("sip.registration.no-network"), "The network could not be used. Check it and the phone settings; trying again."},
		{fault.New("sip.registration.same-port", "other", "2042", "user", "2041", "port", 70000), "The accounts 2042 and 2041 have the same port 70000. Choose another port for one of them in Settings > Phone."},
		{fault.New("sip.registration.own-call-on-port", "port", 70000, "user", "2041"), "A call of the previous account still uses port 70000. 2041 registers when the call has ended."},
		{fault.New("sip.registration.port-in-use", "port", 70000, "user", "2041"), "Port 70000, which 2041 needs, is used by another program. Choose another port in Settings > Phone, or end that program; trying again."},
		{fault.New("sip.audio.no-device"), "No sound device works, so calls are silent. Connect a headset, or choose a device in Settings > Audio."},
		{fault.New("sip.audio.no-microphone"), "No microphone works, so callers cannot hear you. Connect one, or choose it in Settings > Audio."},
		{fault.New("sip.audio.not-connected", "chosen", "Jabra Evolve2"), "“Jabra Evolve2” is not connected, so the system's default is used. Connect it, or choose another in Settings > Audio."},
		{fault.New("sip.audio.not-connected.other", "chosen", "Jabra Evolve2", "using", "Built-in"), "“Jabra Evolve2” is not connected, so “Built-in” is used. Connect it, or choose another in Settings > Audio."},
	}
	areSaid(t, "sip.", sentences)
}

// said is a fault and the sentence about it.
type said struct {
	f    fault.Fault
	want string
}

// areSaid requires that each sentence is said as it is listed, and that every message of the area is listed.
func areSaid(t *testing.T, area string, sentences []said) {
	t.Helper()
	listed := map[fault.Code]bool{}
	for _, tt := range sentences {
		listed[tt.f.Code] = true
		for _, f := range []fault.Fault{tt.f, fault.Decode(tt.f.Encode())} {
			if got := catalogue.Say(f); got != tt.want {
				t.Errorf("%s: %q\nwant %q", f.Code, got, tt.want)
			}
		}
	}
	for id := range englishMessages(t) {
		if strings.HasPrefix(id, area) && !listed[fault.Code(id)] {
			t.Errorf("%s is not in this list", id)
		}
	}
}
