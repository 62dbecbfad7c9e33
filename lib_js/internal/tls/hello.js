'use strict';

// A client's hello stops the handshake of a server until the program has said what it wants to: an
// old session, the context for a name, a response about the certificate's state (OCSP), a protocol.
// The order is Node's. Each question may be answered later, once; native then goes on.

const {
  ERR_MULTIPLE_CALLBACK,
  ERR_SOCKET_CLOSED,
  ERR_TLS_ALPN_CALLBACK_INVALID_RESULT,
  ERR_TLS_INVALID_CONTEXT,
} = require('internal/errors').codes;
const { decodeProtocols } = require('internal/tls/alpn');
const { SecureContext: NativeContext } = require('internal/tls/native_context');

const binding = internalBinding('tls');

/** What a hello asks of a socket. */
class Hello {
  constructor(socket, handle, callbacks) {
    const { 0: sessionId, 1: servername, 2: hasTicket, 3: wantsOcsp, 4: protocols } =
      binding.hello(handle.connection);
    this.socket = socket;
    this.handle = handle;
    this.sni = callbacks.sni;
    this.alpn = callbacks.alpn;
    this.sessionId = sessionId;
    this.servername = servername;
    this.hasTicket = hasTicket;
    this.wantsOcsp = wantsOcsp;
    this.protocols = protocols;
    this.context = undefined; // Of the name, if the program has given one.
  }

  /** Calls `ask` with what takes its answer, and `use` with the answer of one that came in time. */
  ask(ask, use) {
    const { socket } = this;
    let isAnswered = false;
    const take = (error, answer) => {
      if (isAnswered) {
        socket.destroy(new ERR_MULTIPLE_CALLBACK());
        return;
      }
      isAnswered = true;
      if (error) {
        socket.destroy(error);
      } else if (socket._handle === null) {
        socket.destroy(new ERR_SOCKET_CLOSED());
      } else {
        this.guard(() => use(answer));
      }
    };
    this.guard(() => ask(take));
  }

  /** What the program's own code throws ends its connection, and nothing else. */
  guard(call) {
    try {
      call();
    } catch (error) {
      this.socket.destroy(error);
    }
  }

  answer() {
    const { server } = this.socket;
    const asksSession = server !== undefined && this.sessionId.length > 0 && !this.hasTicket &&
      this.handle.hasSessionEvents && server.listenerCount('resumeSession') > 0;
    if (!asksSession) {
      this.chooseContext();
      return;
    }
    this.ask((take) => server.emit('resumeSession', this.sessionId, take), (session) => {
      if (session) binding.answerSession(this.handle.connection, session);
      this.chooseContext();
    });
  }

  chooseContext() {
    if (!this.servername || this.sni === null) {
      this.askOcsp();
      return;
    }
    this.ask((take) => this.sni.call(this.socket, this.servername, take), (chosen) => {
      if (chosen) this.useContext(chosen.context || chosen);
      this.askOcsp();
    });
  }

  useContext(context) {
    if (!(context instanceof NativeContext)) throw new ERR_TLS_INVALID_CONTEXT('context');
    this.context = context;
    binding.answerContext(this.handle.connection, context.number);
  }

  askOcsp() {
    const { server } = this.socket;
    const context = this.context ?? server?._sharedCreds?.context;
    if (!this.wantsOcsp || context === undefined || server.listenerCount('OCSPRequest') === 0) {
      this.chooseProtocol();
      return;
    }
    this.ask((take) => {
      server.emit('OCSPRequest', context.getCertificate(), context.getIssuer(), take);
    }, (response) => {
      if (response) binding.answerOcsp(this.handle.connection, response);
      this.chooseProtocol();
    });
  }

  chooseProtocol() {
    if (this.alpn !== null && this.protocols !== undefined) {
      const { alpn } = this;
      const servername = this.servername ?? false;
      const protocols = decodeProtocols(this.protocols);
      const chosen = alpn.call(this.socket, { servername, protocols });
      if (chosen !== undefined && !protocols.includes(chosen)) {
        throw new ERR_TLS_ALPN_CALLBACK_INVALID_RESULT(chosen, protocols);
      }
      binding.answerAlpn(this.handle.connection, chosen);
    }
    this.handle.resume();
  }
}

function answerHello(socket, handle, callbacks) {
  const hello = new Hello(socket, handle, callbacks);
  hello.guard(() => hello.answer());
}

module.exports = { answerHello };
