#pragma once
#include <sys/socket.h>
#include <netinet/in.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>

// Swift cannot call variadic functions; these are the few calls of that sort that we need.


/// MHD_start_daemon with the callbacks for the end of a request and the start of a connection, and with the other
/// options in an array that ends with MHD_OPTION_END.
static inline struct MHD_Daemon *mhd_start_daemon(
    unsigned int flags, MHD_AcceptPolicyCallback accept, void *accept_context, MHD_AccessHandlerCallback handler,
    void *handler_context, MHD_RequestCompletedCallback completed, void *completed_context,
    MHD_NotifyConnectionCallback connected, void *connected_context, const struct MHD_OptionItem *options)
{
    return MHD_start_daemon(flags, 0, accept, accept_context, handler, handler_context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, completed_context,
        MHD_OPTION_NOTIFY_CONNECTION, connected, connected_context,
        MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/// The connection's socket, or -1.
static inline int mhd_connection_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/// The connection's TLS session, or NULL on a connection without TLS.
static inline gnutls_session_t mhd_connection_tls(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? (gnutls_session_t) info->tls_session : 0;
}
