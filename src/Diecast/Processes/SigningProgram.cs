using System.Collections;
using Diecast.Formats.Executables;

namespace Diecast.Processes;

/// <summary>
/// A program that signs for us, because the key is on a token or with a service: it reads the bytes that are signed from its
/// standard input and writes the signature, RSA with SHA-256 and the padding of PKCS #1 version 1.5, and nothing else to its
/// standard output.
/// </summary>
/// <remarks>
/// <c>openssl dgst -sha256 -sign KEY</c> is such a program, also with a provider for PKCS #11; so is
/// <c>pkcs11-tool --sign --mechanism SHA256-RSA-PKCS --id ID</c>.
/// </remarks>
internal static class SigningProgram
{
    /// <summary>The longest signature: of a key of 16384 bits.</summary>
    private const int MaximumSignature = 2048;

    /// <summary>Signs by a program.</summary>
    /// <param name="program">Name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static SignatureMaker Maker(string program, IReadOnlyList<string> arguments, string directory, CancellationToken cancellation) => data =>
    {
        // A token's module, its PIN or an agent's socket is in the environment.
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        var start = new ChildProcessStart
        {
            Program = program,
            Arguments = arguments,
            Directory = directory,
            Environment = environment,
            Input = data,
        };
        return ChildProcess.Run(start, output => Read(output, program), cancellation);
    };

    private static byte[] Read(Stream output, string program)
    {
        byte[] signature = new byte[MaximumSignature + 1];
        int count = output.ReadAtLeast(signature, signature.Length, throwOnEndOfStream: false);
        return count is > 0 and <= MaximumSignature
            ? signature[..count]
            : throw new BuildException($"{program} signed with {(count == 0 ? "nothing" : $"more than {MaximumSignature} bytes")}; a signature is as long as its key's modulus");
    }
}
