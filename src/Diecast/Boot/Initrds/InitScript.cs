using Diecast.Formats.Blobs;

namespace Diecast.Boot;

/// <summary>The first process of the initial RAM disk; its text is init.sh, beside this file.</summary>
internal static class InitScript
{
    /// <summary>The script.</summary>
    internal static Blob Content { get; } = Read();

    private static Blob Read()
    {
        using Stream stream = typeof(InitScript).Assembly.GetManifestResourceStream("Diecast.Boot.init.sh")
            ?? throw new InvalidOperationException("init.sh is not in the assembly");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Blob.FromMemory(bytes);
    }
}
