using System.Security.Cryptography;

namespace Diecast.Testing;

/// <summary>A directory that goes with the test.</summary>
public sealed class TempDirectory : IDisposable
{
    // Podman takes the path of a layout for a reference, which has small letters alone.
    public TempDirectory() => Path = Directory.CreateDirectory(
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), "diecast-test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
