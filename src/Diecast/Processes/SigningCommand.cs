using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Diecast.Processes;

/// <summary>
/// A program that signs where the key is: it gets a SHA-256 digest on standard input, 32 bytes, and writes the signature to
/// standard output, as <c>openssl pkeyutl -sign -pkeyopt digest:sha256</c> does. It has the caller's environment, in which its
/// token's settings are.
/// </summary>
internal static class SigningCommand
{
    private const int LongestSignature = 64 * 1024;

    /// <summary>Has a digest signed.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="digest">What is signed.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="BuildException">It cannot be started, fails, or writes nothing.</exception>
    internal static byte[] Sign(ValueList<string> command, string directory, ReadOnlySpan<byte> digest, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetFullPath(directory),
        };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        using Process process = Start(start);
        using CancellationTokenRegistration ending = cancellation.Register(() => End(process));
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.BeginErrorReadLine();
        try
        {
            process.StandardInput.BaseStream.Write(digest);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; what it says follows.
        }

        byte[] signature = Read(process.StandardOutput.BaseStream);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new BuildException($"{command[0]}, which signs, ended with {process.ExitCode}: {error.ToString().Trim()}");
        return signature.Length is > 0 and < LongestSignature
            ? signature
            : throw new BuildException($"{command[0]}, which signs, wrote {signature.Length} bytes, which are no signature", "it writes the signature alone to standard output");
    }

    private static byte[] Read(Stream stream)
    {
        byte[] bytes = new byte[LongestSignature];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..length];
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new BuildException($"{start.FileName} cannot be run");
        }
        catch (Win32Exception exception)
        {
            throw new BuildException($"{start.FileName}, which signs, cannot be run: {exception.Message}", "correct the command", null, exception);
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
