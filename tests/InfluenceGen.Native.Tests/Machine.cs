using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace InfluenceGen.Native.Tests;

/// <summary>What the program runs on. The properties are constants in native code and folded by the JIT, so these lines
/// say what was compiled in, not merely what the processor has.</summary>
internal static class Machine
{
    public static void Print()
    {
        Console.WriteLine($"runtime: {RuntimeInformation.FrameworkDescription}");
        Console.WriteLine($"compiled: {(RuntimeFeature.IsDynamicCodeCompiled ? "when run" : "ahead of time")}");
        Console.WriteLine($"vectors: {Width} bits");
        Console.WriteLine($"instructions: {string.Join(' ', Instructions())}");
    }

    private static int Width =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;

    /// <summary>Those that the library or the framework's vectors choose between.</summary>
    private static IEnumerable<string> Instructions()
    {
        (string Name, bool Supported)[] all =
        [
            ("SSE4.2", Sse42.IsSupported),
            ("AVX", Avx.IsSupported),
            ("AVX2", Avx2.IsSupported),
            ("FMA", Fma.IsSupported),
            ("AVX512F", Avx512F.IsSupported),
            ("AVX512DQ", Avx512DQ.IsSupported),
            ("AVX512VL", Avx512F.VL.IsSupported),
        ];
        return all.Where(set => set.Supported).Select(set => set.Name).DefaultIfEmpty("none");
    }
}
