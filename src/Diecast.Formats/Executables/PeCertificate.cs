namespace Diecast.Formats.Executables;

/// <summary>An entry of a PE file's certificate table.</summary>
public sealed record PeCertificate
{
    /// <summary>The revision; 0x0200 is the only one in use.</summary>
    public required int Revision { get; init; }

    /// <summary>The kind; 2 is a PKCS #7 signature, which is what firmware verifies.</summary>
    public required int Type { get; init; }

    /// <summary>The entry's bytes without its header; for a signature DER, with up to seven bytes of padding.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
