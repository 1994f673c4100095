-- Rows as a process of this step's version left them; never changed once the step is released.
INSERT INTO servers (name, address, version, started, seen) VALUES
 ('vm-2-07bc1d22', '127.0.0.1:8080', '0.1.0', 1795755896616, 1795755926697);
