import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.*;

/** A server with everything that this Java can do: port, key store, and whether a client certificate is required. */
public class Everything {
  public static void main(String[] args) throws Exception {
    for (String name : new String[] {"jdk.tls.disabledAlgorithms", "jdk.certpath.disabledAlgorithms", "jdk.tls.legacyAlgorithms", "jdk.disabled.namedCurves"}) {
      Security.setProperty(name, "");
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new FileInputStream(args[1]), "x".toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, "x".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getByName("127.0.0.1"));
    server.setEnabledProtocols(new String[] {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"});
    server.setEnabledCipherSuites(server.getSupportedCipherSuites());
    server.setNeedClientAuth(args.length > 2);
    for (;;) {
      SSLSocket socket = (SSLSocket) server.accept();
      new Thread(() -> {
        try (socket) {
          socket.startHandshake();
        } catch (Exception refused) {
          // A scan never finishes a handshake.
        }
      }).start();
    }
  }
}
