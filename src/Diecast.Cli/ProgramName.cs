using System.Text;

namespace Diecast.Cli;

/// <summary>What the program was called.</summary>
internal static class ProgramName
{
    /// <summary>The name that the program was started by, which the runtime does not hand on; empty where it cannot be told.</summary>
    internal static string OfProcess()
    {
        try
        {
            byte[] line = File.ReadAllBytes("/proc/self/cmdline");
            int end = Array.IndexOf(line, (byte)0);
            return Encoding.UTF8.GetString(line, 0, Math.Max(end, 0));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
